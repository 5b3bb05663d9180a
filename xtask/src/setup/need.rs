//! The programs and libraries, how to see that they are there, and what packages have them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, str};

use crate::place;

/// One of them.
#[derive(Clone, Copy)]
pub(crate) struct Need {
    /// What a person calls it.
    pub(super) name: &'static str,
    pub(super) is_there: fn() -> bool,
    /// Packages of Debian and Ubuntu, `|` between their names where they differ.
    pub(super) debian: &'static [&'static str],
    /// Packages of Homebrew; none where macOS has it.
    pub(super) homebrew: &'static [&'static str],
}

/// For building and running the server and the web app.
pub(crate) const BUILD: &[Need] = &[
    Need {
        name: "a C compiler",
        is_there: || program("cc") || cfg!(windows),
        debian: &["build-essential"],
        homebrew: &[],
    },
    Need {
        name: "PostgreSQL 15 or newer",
        is_there: managed_postgres::is_installed,
        debian: &["postgresql"],
        homebrew: &["postgresql@17"],
    },
    Need {
        name: "Node.js 18 or newer with npm",
        is_there: || node_version().is_some_and(|major| major >= 18) && program("npm"),
        debian: &["nodejs", "npm"],
        homebrew: &["node"],
    },
];

/// For tickets in every script.
pub(crate) const FONTS: &[Need] = &[Need {
    name: "the Noto fonts",
    is_there: || {
        let noto = Path::new("/usr/share/fonts");
        !cfg!(target_os = "linux")
            || [
                "truetype/noto/NotoSansArabic-Regular.ttf",
                "opentype/noto/NotoSansCJK-Regular.ttc",
                "truetype/noto/NotoColorEmoji.ttf",
            ]
            .iter()
            .all(|file| noto.join(file).is_file())
    },
    debian: &[
        "fonts-noto-core",
        "fonts-noto-cjk",
        "fonts-noto-color-emoji",
    ],
    homebrew: &[],
}];

/// For the desktop window.
pub(crate) const WINDOW: &[Need] = &[
    Need {
        name: "pkg-config",
        is_there: || program("pkg-config") || !cfg!(target_os = "linux"),
        debian: &["pkg-config"],
        homebrew: &[],
    },
    Need {
        name: "WebKitGTK 4.1",
        is_there: || library("webkit2gtk-4.1"),
        debian: &["libwebkit2gtk-4.1-dev"],
        homebrew: &[],
    },
    Need {
        name: "librsvg",
        is_there: || library("librsvg-2.0"),
        debian: &["librsvg2-dev"],
        homebrew: &[],
    },
];

/// For the end-to-end tests.
pub(crate) const TEST: &[Need] = &[
    Need {
        name: "Chromium",
        is_there: || {
            ["chromium", "chromium-browser", "google-chrome"]
                .into_iter()
                .any(program)
        },
        debian: &["chromium|chromium-browser"],
        homebrew: &["chromium"],
    },
    Need {
        name: "ChromeDriver",
        is_there: || program("chromedriver"),
        debian: &["chromium-driver|chromium-chromedriver"],
        homebrew: &["chromedriver"],
    },
    Need {
        name: "WebKitWebDriver",
        is_there: || program("WebKitWebDriver") || !cfg!(target_os = "linux"),
        debian: &["webkit2gtk-driver"],
        homebrew: &[],
    },
    Need {
        name: "Xvfb",
        is_there: || program("Xvfb") || !cfg!(target_os = "linux"),
        debian: &["xvfb"],
        homebrew: &[],
    },
    Need {
        name: "Poppler's programs",
        is_there: || ["pdftoppm", "pdftotext"].into_iter().all(program),
        debian: &["poppler-utils"],
        homebrew: &["poppler"],
    },
    Need {
        name: "ZBar's programs",
        is_there: || program("zbarimg"),
        debian: &["zbar-tools"],
        homebrew: &["zbar"],
    },
];

/// For using the package as on a desktop.
pub(crate) const DESKTOP: &[Need] = &[
    Need {
        name: "desktop-file-utils",
        is_there: || program("desktop-file-validate") && program("update-desktop-database"),
        debian: &["desktop-file-utils"],
        homebrew: &[],
    },
    Need {
        name: "gio",
        is_there: || program("gio"),
        debian: &["libglib2.0-bin"],
        homebrew: &[],
    },
    Need {
        name: "dbus-run-session",
        is_there: || program("dbus-run-session"),
        debian: &["dbus"],
        homebrew: &[],
    },
    Need {
        name: "openbox",
        is_there: || program("openbox"),
        debian: &["openbox"],
        homebrew: &[],
    },
    Need {
        name: "xdotool",
        is_there: || program("xdotool"),
        debian: &["xdotool"],
        homebrew: &[],
    },
];

/// Whether a program of this name can be run.
pub(super) fn program(name: &str) -> bool {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    place::variable("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(&file).is_file()))
}

/// Whether programs can be built with this library; other systems than Linux bring their own.
fn library(name: &str) -> bool {
    let mut pkg_config = Command::new("pkg-config");
    let asked = pkg_config.args(["--exists", name]).stderr(Stdio::null());
    !cfg!(target_os = "linux") || asked.status().is_ok_and(|status| status.success())
}

fn node_version() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let version = str::from_utf8(&output.stdout).ok()?;
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}
