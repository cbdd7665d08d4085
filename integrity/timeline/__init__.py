"""The score over time: chosen commits of a history, each judged, and where the score or the live tests fell."""
