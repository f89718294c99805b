"""Training of the customer service's backbone and heads. Nothing here is imported when the application runs."""
