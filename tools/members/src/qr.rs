//! A line of text as a QR code, drawn with half blocks: two rows of the code in one of the terminal.

use frame::Failure;
use qrcodegen::{QrCode, QrCodeEcc};

/// How much must stay empty around it.
const MARGIN: i32 = 2;

/// The code, light on dark, as terminals mostly are; readers take it either way.
pub fn drawn(text: &str) -> Result<String, Failure> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).map_err(|e| {
        Failure::could(format!("the line is too long for a QR code: {e}")).hint("leave --qr out, and send the line")
    })?;
    let end = code.size().saturating_add(MARGIN);
    let mut lines = Vec::new();
    let mut y = -MARGIN;
    while y < end {
        // Beyond the edge everything is light.
        let light = |x: i32, y: i32| !code.get_module(x, y);
        let line = (-MARGIN..end).map(|x| match (light(x, y), light(x, y.saturating_add(1))) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        });
        lines.push(line.collect::<String>());
        y = y.saturating_add(2);
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_usual_line_fits_the_terminal() {
        let drawn = super::drawn(&format!("commons1:{}", "aB3_".repeat(70))).unwrap();
        let widths: Vec<usize> = drawn.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0] && *width <= 80), "{widths:?}");
        assert!(drawn.starts_with('█') && drawn.ends_with('█') || drawn.ends_with('▀'), "{drawn}");
    }
}
