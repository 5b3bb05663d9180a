//! `wasm-bindgen-test-runner`, as `cargo test` calls it for wasm.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
