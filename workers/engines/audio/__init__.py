"""Audio as engines take and make it: recordings decoded and judged, PCM encoded for delivery."""
