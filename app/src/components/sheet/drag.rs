//! Closing a sheet by drawing it down: what the finger does, and what the sheet makes of it.

/// A finger trembles: a touch that moves no further is none that draws.
const SLOP: f64 = 6.0;
/// For so long, in milliseconds, it counts how fast the finger was.
const MEMORY: f64 = 40.0;
/// Let go at this speed, in pixels a millisecond, the sheet goes where the finger went.
const FLICK: f64 = 0.5;
/// Let go more slowly, it closes when so much of it is gone.
const FAR: f64 = 0.4;
/// Of a tall sheet no more than this, in pixels.
const FARTHEST: f64 = 200.0;
/// How long it takes to go, in milliseconds.
const LEAVING: [f64; 2] = [120.0, 280.0];

/// Where a finger is, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finger {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) at: f64,
}

/// Where a drag stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Drag {
    Idle,
    /// The finger went down here, where it can take the sheet.
    Touched(Finger),
    /// The sheet follows: where the finger went down, where it is, how fast.
    Held {
        from: f64,
        finger: Finger,
        speed: f64,
    },
    /// It has been let go of, and is on its way out.
    Leaving {
        height: f64,
        takes: f64,
    },
}

impl Drag {
    /// Only what goes down, and not to the side, takes the gesture over from scrolling.
    pub(super) fn moved(self, finger: Finger) -> Self {
        match self {
            Self::Touched(from) if finger.y - from.y > (finger.x - from.x).abs() => Self::Held {
                from: from.y,
                finger,
                speed: speed(from, finger),
            },
            Self::Touched(_) => Self::Idle,
            Self::Held {
                from,
                finger: last,
                speed: before,
            } => {
                let kept = (-(finger.at - last.at) / MEMORY).exp();
                let speed = before * kept + speed(last, finger) * (1.0 - kept);
                Self::Held {
                    from,
                    finger,
                    speed,
                }
            }
            Self::Idle | Self::Leaving { .. } => self,
        }
    }

    /// The finger lets go of a sheet of this height: it leaves, or goes back to where it was.
    pub(super) fn released(self, at: f64, height: f64) -> Self {
        let Self::Held { finger, speed, .. } = self else {
            return Self::Idle;
        };
        // Anyone who holds still before letting go does not throw it.
        let speed = speed * (-(at - finger.at) / MEMORY).exp();
        let shown = self.shown();
        let closes = if speed.abs() >= FLICK {
            speed > 0.0 && shown > 0.0
        } else {
            shown >= (height * FAR).min(FARTHEST)
        };
        let [least, most] = LEAVING;
        if closes {
            let takes = ((height - shown) / speed.max(FLICK)).clamp(least, most);
            Self::Leaving { height, takes }
        } else {
            Self::Idle
        }
    }

    /// How far down the sheet is.
    pub(super) fn shown(self) -> f64 {
        match self {
            Self::Held { from, finger, .. } => (finger.y - from - SLOP).max(0.0),
            Self::Leaving { height, .. } => height,
            Self::Idle | Self::Touched(_) => 0.0,
        }
    }
}

fn speed(from: Finger, to: Finger) -> f64 {
    (to.y - from.y) / (to.at - from.at).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEIGHT: f64 = 500.0;

    /// A finger that goes from the top to these heights, one every 16 ms, and lets go.
    fn drawn(heights: &[f64]) -> (Drag, f64) {
        let finger = |y, at| Finger { x: 100.0, y, at };
        let (mut drag, mut at) = (Drag::Touched(finger(0.0, 0.0)), 0.0);
        for y in heights {
            at += 16.0;
            drag = drag.moved(finger(*y, at));
        }
        (drag, at)
    }

    fn closes(heights: &[f64], held_for: f64) -> bool {
        let (drag, at) = drawn(heights);
        matches!(drag.released(at + held_for, HEIGHT), Drag::Leaving { .. })
    }

    /// To `end` in so many steps.
    fn steps(count: usize, end: f64) -> Vec<f64> {
        (1..=count)
            .map(|step| end * step as f64 / count as f64)
            .collect()
    }

    #[test]
    fn the_sheet_is_where_the_finger_is_and_never_above_its_place() {
        assert_eq!(drawn(&[40.0, 106.0]).0.shown(), 100.0);
        assert_eq!(drawn(&[40.0, 106.0, 56.0]).0.shown(), 50.0);
        assert_eq!(drawn(&[40.0, -80.0]).0.shown(), 0.0);
        assert_eq!(drawn(&[3.0]).0.shown(), 0.0, "it trembled");
    }

    #[test]
    fn only_downwards_is_drawing() {
        assert_eq!(drawn(&[-10.0, 200.0]).0, Drag::Idle);
        let start = Finger {
            x: 0.0,
            y: 0.0,
            at: 0.0,
        };
        let aside = Finger {
            x: 20.0,
            y: 10.0,
            at: 16.0,
        };
        assert_eq!(Drag::Touched(start).moved(aside), Drag::Idle);
    }

    #[test]
    fn slowly_it_closes_when_it_is_far_and_else_goes_back() {
        assert!(closes(&steps(100, 300.0), 0.0));
        assert!(!closes(&steps(100, 150.0), 0.0));
        assert!(!closes(&steps(4, 60.0), 400.0), "it was held still");
        let (drag, at) = drawn(&steps(100, 220.0));
        let tall = drag.released(at, 4.0 * HEIGHT);
        assert!(
            matches!(tall, Drag::Leaving { .. }),
            "a thumb goes no further"
        );
    }

    #[test]
    fn a_flick_decides_whatever_the_way() {
        assert!(closes(&steps(4, 60.0), 0.0));
        let mut up = steps(20, 400.0);
        up.extend([360.0, 320.0, 280.0]);
        assert!(!closes(&up, 0.0), "it was thrown back up");
        assert!(!closes(&[5.0], 0.0), "a tap");
    }

    #[test]
    fn the_faster_it_is_thrown_the_sooner_it_is_gone() {
        let takes = |heights: &[f64]| {
            let (drag, at) = drawn(heights);
            match drag.released(at, HEIGHT) {
                Drag::Leaving { takes, .. } => takes,
                other => panic!("{other:?}"),
            }
        };
        let (slow, fast) = (takes(&steps(40, 320.0)), takes(&steps(4, 300.0)));
        assert!(fast < slow, "{fast} < {slow}");
        let [least, most] = LEAVING;
        assert!((least..=most).contains(&fast) && (least..=most).contains(&slow));
    }
}
