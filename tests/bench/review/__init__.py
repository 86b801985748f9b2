"""How much work suggestions save, and how many wrong labels the order by disagreement finds."""
