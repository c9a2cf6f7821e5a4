"""Figures of the report: SVG by matplotlib, small panels that a page arranges."""
