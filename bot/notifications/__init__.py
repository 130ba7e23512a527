"""What the team and programs are told: its words, its rules, and the ways it takes."""
