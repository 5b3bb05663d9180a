//! Every test that writes ends with this.

use server::verify;
use sqlx::PgPool;

/// Stock, money and tickets agree.
pub(crate) async fn assert_sound(db: &PgPool) {
    let report = verify::run(db).await.expect("verified");
    assert!(report.is_clean(), "{report}");
}
