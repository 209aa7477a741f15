"""Templates of prompts as code: read and rendered in a sandbox, and strange ones within bounds."""
