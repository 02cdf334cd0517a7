"""What fits over nested windows say: presets, confidence, trust, significance."""
