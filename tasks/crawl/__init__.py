"""Fetch feeds and pages politely and keep every response as WARC."""
