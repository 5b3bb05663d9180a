//! What makes formatters of times in the browser.

use js_sys::{Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What the browser calls `name` in its `Intl`.
pub(crate) fn member(name: &str) -> Result<JsValue, JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into())?;
    Reflect::get(&intl, &name.into())
}

/// A formatter; refused where the browser does not know a zone or a locale. The constructor of
/// `js_sys` cannot be refused.
pub(crate) fn date_time_format(
    locales: &JsValue,
    options: &Object,
) -> Result<Intl::DateTimeFormat, JsValue> {
    let constructor: Function = member("DateTimeFormat")?.dyn_into()?;
    let arguments = js_sys::Array::of2(locales, options);
    Ok(Reflect::construct(&constructor, &arguments)?.unchecked_into())
}
