"""Which commit took away what no longer exists, in words.

What was found out for a commit is kept, and for a later one only the commits between are read. So that it makes no
difference what is kept, the last removal is the one with the latest time of commit, whichever branch it was made on,
and nothing is cut off by what else was read.
"""
