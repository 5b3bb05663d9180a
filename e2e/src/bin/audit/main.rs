//! Measures how fast the app starts and scrolls, and asks Lighthouse; `cargo xtask audit` runs it.

mod lighthouse;

use anyhow::{Result, bail};
use e2e::screens::Stage;
use e2e::{Engine, Person};

/// How often what varies is measured; the median counts.
const TIMES: usize = 3;
const CARDS: u64 = 500;

/// What was measured, and what it has to be.
struct Figure {
    what: String,
    value: f64,
    bound: Bound,
}

enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

#[tokio::main]
async fn main() -> Result<()> {
    let Some(lighthouse) = std::env::args().nth(1) else {
        bail!("run `cargo xtask audit`");
    };
    println!("Setting the stage");
    let stage = Stage::set_up().await?;
    let mut figures = vec![start(&stage).await?];
    stage.put_on_many().await?;
    figures.push(scroll(&stage).await?);
    // What comes next takes minutes.
    figures.iter().for_each(Figure::print);
    for page in ["/", "/events/{on_sale}"] {
        let path = stage.fill(page)?;
        let url = format!("{}{path}", stage.service().address());
        for (category, least) in [("performance", 90.0), ("accessibility", 100.0)] {
            let mut scores = Vec::new();
            for _ in 0..TIMES {
                scores.push(lighthouse::score(&lighthouse, &url, category)?);
            }
            figures.push(Figure {
                what: format!("Lighthouse {category} of {page}"),
                value: median(scores),
                bound: Bound::AtLeast(least),
            });
        }
    }
    let missed = figures.iter().filter(|figure| !figure.is_reached()).count();
    for figure in &figures {
        figure.print();
    }
    if missed > 0 {
        bail!("{missed} not reached");
    }
    Ok(())
}

/// From a first visit until the list is there to be used.
async fn start(stage: &Stage) -> Result<Figure> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let person = Person::arrive(Engine::Chromium, stage.service()).await?;
        times.push(person.waits_for_the_list().await?);
        person.leave().await?;
    }
    Ok(Figure {
        what: "list interactive on a first visit, ms".to_owned(),
        value: median(times),
        bound: Bound::AtMost(1000.0),
    })
}

/// The longest task while a person flings the list.
async fn scroll(stage: &Stage) -> Result<Figure> {
    let person = Person::arrive(Engine::Chromium, stage.service()).await?;
    let longest = person.flings_the_list(CARDS).await?;
    person.leave().await?;
    Ok(Figure {
        what: format!("longest task while {CARDS} cards are scrolled, ms"),
        value: longest,
        bound: Bound::AtMost(50.0),
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

impl Figure {
    fn is_reached(&self) -> bool {
        match self.bound {
            Bound::AtLeast(bound) => self.value >= bound,
            Bound::AtMost(bound) => self.value <= bound,
        }
    }

    fn print(&self) {
        let bound = match self.bound {
            Bound::AtLeast(bound) => format!("at least {bound}"),
            Bound::AtMost(bound) => format!("at most {bound}"),
        };
        let verdict = if self.is_reached() {
            "reached"
        } else {
            "NOT REACHED"
        };
        println!(
            "{:<50} {:>7.0}   {bound:<14} {verdict}",
            self.what, self.value
        );
    }
}
