//! One tab of the browser at a time: the Web Locks API, which the bindings do not have yet.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use futures::channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// Runs `work` while no other tab holds the lock of this name. Where there are no locks (an
/// unencrypted address), it just runs.
pub(crate) async fn exclusive<T>(name: &str, work: impl Future<Output = T>) -> T {
    let Some((locks, request)) = lock_manager() else {
        return work.await;
    };
    let (taken, wait) = oneshot::channel::<()>();
    let (done, release) = oneshot::channel::<()>();
    let once = Rc::new(RefCell::new(Some((taken, release))));
    let held = Closure::<dyn FnMut() -> Promise>::new(move || {
        let once = once.take();
        future_to_promise(async move {
            if let Some((taken, release)) = once {
                let _waiting = taken.send(());
                let _released = release.await;
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    if request.call2(&locks, &name.into(), held.as_ref()).is_ok() {
        let _taken = wait.await;
    }
    let answer = work.await;
    let _released = done.send(());
    answer
}

fn lock_manager() -> Option<(JsValue, Function)> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(navigator.as_ref(), &"locks".into()).ok()?;
    if locks.is_undefined() {
        return None;
    }
    let request = Reflect::get(&locks, &"request".into()).ok()?;
    Some((locks, request.dyn_into().ok()?))
}
