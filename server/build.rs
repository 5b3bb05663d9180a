//! Migrations are compiled in, and cargo does not see a new one by itself.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
