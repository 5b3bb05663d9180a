//! Verdicts for ears and hands: a high note or a low buzz, and a short or long vibration.

use std::cell::RefCell;

use ::api::door::Verdict;
use web_sys::{AudioContext, OscillatorType};

use crate::platform;

thread_local! {
    static AUDIO: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Browsers let a page sound only after the person did something in it; a scan is that.
pub(super) fn wake() {
    AUDIO.with_borrow_mut(|audio| {
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        if let Some(audio) = audio {
            let _resumed = audio.resume();
        }
    });
}

pub(super) fn give(verdict: Verdict) {
    let good = verdict == Verdict::Valid;
    AUDIO.with_borrow(|audio| {
        if let Some(audio) = audio {
            // Without a sound there is still the screen.
            let _sounded = sound(audio, good);
        }
    });
    platform::vibrate(if good { 60 } else { 400 });
}

fn sound(audio: &AudioContext, good: bool) -> Result<(), wasm_bindgen::JsValue> {
    let (shape, pitch, seconds) = if good {
        (OscillatorType::Sine, 1320.0, 0.14)
    } else {
        (OscillatorType::Square, 160.0, 0.5)
    };
    let (tone, volume) = (audio.create_oscillator()?, audio.create_gain()?);
    tone.set_type(shape);
    tone.frequency().set_value(pitch);
    let now = audio.current_time();
    volume.gain().set_value_at_time(0.2, now)?;
    volume
        .gain()
        .linear_ramp_to_value_at_time(0.0, now + seconds)?;
    tone.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&audio.destination())?;
    tone.start()?;
    tone.stop_with_when(now + seconds)
}
