"""What happened to the tests between two versions of a set of files. Pure: profiles in, a `Change` out."""
