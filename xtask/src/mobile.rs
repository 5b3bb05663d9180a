//! The shell's phone code can be type-checked on any machine, though not built or run.

use anyhow::Result;

use crate::step::run;
use crate::{place, setup};

pub(crate) fn check() -> Result<()> {
    setup::rust_target("aarch64-linux-android")?;
    setup::rust_target("aarch64-apple-ios")?;

    let mut android = place::cargo()?;
    android.args(["check", "--package", "box-office", "--lib"]);
    run(
        "Check the shell for Android",
        android.args(["--target", "aarch64-linux-android"]),
    )?;

    let mut ios = place::cargo()?;
    ios.args(["check", "--package", "box-office", "--lib"])
        .args(["--target", "aarch64-apple-ios"]);
    if !cfg!(target_os = "macos") {
        // Nothing is linked: build scripts only have to believe that Apple's tools are there.
        ios.env("SDKROOT", place::root())
            .env("CC_aarch64_apple_ios", "true")
            .env("AR_aarch64_apple_ios", "true");
    }
    run("Check the shell for iOS", &mut ios)?;
    Ok(())
}
