//! What is on the screen, told to the styles of the whole page. They could ask by `:root:has(…)`, but
//! then browsers look through the page with every change of it, and a long list jerks.

use std::cell::RefCell;

use leptos::prelude::*;

thread_local! {
    /// One for each part of the screen that wants it: the next is there before the last is gone.
    static MARKS: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Gives the page's root a class until what is being built is gone.
pub(crate) fn mark_page(class: &'static str) {
    MARKS.with_borrow_mut(|marks| marks.push(class));
    write(class);
    on_cleanup(move || {
        MARKS.with_borrow_mut(|marks| {
            if let Some(at) = marks.iter().position(|mark| *mark == class) {
                marks.swap_remove(at);
            }
        });
        write(class);
    });
}

fn write(class: &str) {
    let is_wanted = MARKS.with_borrow(|marks| marks.contains(&class));
    if let Some(root) = document().document_element() {
        let _written = root.class_list().toggle_with_force(class, is_wanted);
    }
}
