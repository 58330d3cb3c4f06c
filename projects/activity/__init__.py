"""What was said and done on a file, what is to be done next, who has to do it; and what every act on a file keeps to."""
