"""How the picture looks.

Colours are Okabe and Ito's, which colour-blind people tell apart: https://jfly.uni-koeln.de/color/. A pattern and a
number say the same.
"""

from __future__ import annotations

from typing import Literal

Level = Literal["good", "fair", "poor", "none"]
_GOOD, _FAIR = 80.0, 60.0

STYLE = (
    "text{font-family:system-ui,'Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic','Segoe UI',sans-serif;"
    "font-size:12px;fill:#222}.big{font-size:30px;font-weight:700}.word{font-size:14px;font-weight:600;"
    "text-anchor:middle}.mid{text-anchor:middle}.small{font-size:10px;fill:#444}.ipa{font-size:11px;text-anchor:middle}"
    ".missed{font-size:13px;text-anchor:middle;fill:#8a1c00;text-decoration:line-through}"
    ".good{fill:#0072b2}.fair{fill:#e69f00}.poor{fill:#d55e00}.none{fill:#888}"
    "path.wave{fill:none;stroke-width:2}.wave.good{stroke:#0072b2}.wave.fair{stroke:#c98a00}.wave.poor{stroke:#d55e00}"
    ".wave.none{stroke:#888}.wave.rest{stroke:#c4c4c4}.lead{stroke:#999;stroke-width:1}"
)
#: Laid over a colour: stripes for fair, crosses for poor.
DEFINITIONS = (
    '<pattern id="fair" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="2" height="6" fill="#fff" fill-opacity=".75"/></pattern>'
    '<pattern id="poor" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 1h6M1 0v6" stroke="#fff" stroke-width="1.5" stroke-opacity=".85"/></pattern>'
    '<pattern id="pause" width="5" height="5" patternUnits="userSpaceOnUse"><circle cx="1.5" cy="1.5" r="1" '
    'fill="#9a9a9a"/></pattern>'
)


def level_of(accuracy: float | None) -> Level:
    """Return how a score is drawn: good from 80, fair from 60, poor below, none where there is no score."""
    if accuracy is None:
        return "none"
    return "good" if accuracy >= _GOOD else "fair" if accuracy >= _FAIR else "poor"
