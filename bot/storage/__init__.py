"""The truth: tables and every statement that touches them. Rows never leave this folder."""
