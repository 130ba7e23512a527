"""The pages for admins and operators."""
