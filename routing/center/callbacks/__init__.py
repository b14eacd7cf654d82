"""Call-backs: in the queue with the place kept, or booked for a window; dialled, repeated, merged, given up.

A promise is a remark (`routing.remarks.CallBack`), so the journal has it; the wing folds promises and what became of
them, and proposes the commands that keep them.

Within: ``shapes``, ``settings`` < ``files``, ``fold`` < ``steps``, ``turns`` < ``wing``; ``windows`` < ``capacity`` <
``desk``; ``tables`` < ``book`` < ``holding``, ``clerk``; ``numbers``.

Owns promises to call back; must not know a telephone, nor a number.
"""
