//! What an attendee does.

use anyhow::{Result, ensure};
use e2e::{Engine, Person, Service};

crate::in_both_engines!(an_event_is_found);

async fn an_event_is_found(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sees_heading("Events").await?;
    ensure!(ada.path().await? == "/");
    ada.leave().await
}
