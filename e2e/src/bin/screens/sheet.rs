//! The contact sheet: all pictures on one page.

use std::fmt::Write;

use e2e::screens::Screen;

const PAGE: &str = include_str!("sheet.html");

/// The picture's file, within the folder.
pub(crate) fn file(screen: &Screen, width: u32, theme: &str) -> String {
    format!("{}-{width}-{theme}.png", screen.name)
}

/// The page, with a row for each screen.
pub(crate) fn write(screens: &[&Screen], sizes: &[(u32, u32)]) -> String {
    let mut rows = String::new();
    for screen in screens {
        let name = screen.name;
        // Writing to a string cannot fail.
        let _ = write!(
            rows,
            "<section id=\"{name}\"><h2><a href=\"#{name}\">{name}</a></h2><div>"
        );
        for theme in ["light", "dark"] {
            for (width, _) in sizes {
                let file = file(screen, *width, theme);
                let _ = write!(
                    rows,
                    "<a class=\"{theme}\" href=\"{file}\" title=\"{width}, {theme}\">\
                     <img src=\"{file}\" alt=\"{name} at {width} in {theme}\" loading=\"lazy\"></a>"
                );
            }
        }
        rows.push_str("</div></section>\n");
    }
    PAGE.replace("<!-- rows -->", &rows)
}
