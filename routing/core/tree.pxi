# Ordered sets: a treap threaded through an array of nodes. Knows nothing of what the nodes stand for.
#
# Why a treap: it needs no memory beyond its nodes, so that no transition can fail; both ends are at hand, so that
# taking the first and adding a new last one cost O(1); all else costs O(log n). A node's priority is a hash
# of its slot.
# (Seidel and Aragon, Randomized search trees, Algorithmica 16, 1996.)


cdef inline uint32_t tree_priority(uint32_t x) noexcept nogil:
    x ^= x >> 16
    x *= 0x7FEB352DU
    x ^= x >> 15
    x *= 0x846CA68BU
    return x ^ (x >> 16)


cdef inline bint node_less(const Node* a, const Node* b) noexcept nogil:
    if a.major != b.major:
        return a.major < b.major
    if a.minor != b.minor:
        return a.minor < b.minor
    return a.seq < b.seq


cdef uint32_t tree_next(const Node* n, uint32_t x) noexcept nogil:
    """The node after x, or 0."""
    cdef uint32_t child
    if n[x].right:
        x = n[x].right
        while n[x].left:
            x = n[x].left
        return x
    while True:
        child = x
        x = n[x].up
        if x == 0 or n[x].left == child:
            return x


cdef uint32_t tree_before(const Node* n, uint32_t x) noexcept nogil:
    """The node before x, or 0."""
    cdef uint32_t child
    if n[x].left:
        x = n[x].left
        while n[x].right:
            x = n[x].right
        return x
    while True:
        child = x
        x = n[x].up
        if x == 0 or n[x].right == child:
            return x


cdef void tree_insert(Tree* tree, Node* n, uint32_t x) noexcept nogil:
    """Add node x, whose keys are set. O(1) when it becomes the last, else O(log n)."""
    cdef uint32_t priority = tree_priority(x)
    cdef uint32_t up, below, cut, left, right
    n[x].left = 0
    n[x].right = 0
    n[x].up = 0
    tree.count += 1
    if tree.root == 0:
        tree.root = x
        tree.first = x
        tree.last = x
        return
    if node_less(&n[tree.last], &n[x]):
        below = 0
        up = tree.last
        while up and tree_priority(up) < priority:
            below = up
            up = n[up].up
        n[x].left = below
        if below:
            n[below].up = x
        n[x].up = up
        if up:
            n[up].right = x
        else:
            tree.root = x
        tree.last = x
        return
    if node_less(&n[x], &n[tree.first]):
        tree.first = x
    up = 0
    cut = tree.root
    while cut and tree_priority(cut) >= priority:
        up = cut
        cut = n[cut].left if node_less(&n[x], &n[cut]) else n[cut].right
    n[x].up = up
    if up == 0:
        tree.root = x
    elif node_less(&n[x], &n[up]):
        n[up].left = x
    else:
        n[up].right = x
    # Split what hung there into the keys below x and those above.
    left = x
    right = x
    while cut:
        if node_less(&n[cut], &n[x]):
            if left == x:
                n[x].left = cut
            else:
                n[left].right = cut
            n[cut].up = left
            left = cut
            cut = n[cut].right
        else:
            if right == x:
                n[x].right = cut
            else:
                n[right].left = cut
            n[cut].up = right
            right = cut
            cut = n[cut].left
    if left != x:
        n[left].right = 0
    if right != x:
        n[right].left = 0


cdef void tree_remove(Tree* tree, Node* n, uint32_t x) noexcept nogil:
    """Take node x out. O(1) on average."""
    cdef uint32_t a = n[x].left, b = n[x].right, up = n[x].up
    cdef uint32_t top = 0, at = 0
    cdef bint at_right = False
    if tree.first == x:
        tree.first = tree_next(n, x)
    if tree.last == x:
        tree.last = tree_before(n, x)
    # Join the two subtrees from the top down.
    while a and b:
        if tree_priority(a) >= tree_priority(b):
            if at == 0:
                top = a
            elif at_right:
                n[at].right = a
            else:
                n[at].left = a
            n[a].up = at
            at = a
            at_right = True
            a = n[a].right
        else:
            if at == 0:
                top = b
            elif at_right:
                n[at].right = b
            else:
                n[at].left = b
            n[b].up = at
            at = b
            at_right = False
            b = n[b].left
    if b:
        a = b
    if at == 0:
        top = a
    else:
        if at_right:
            n[at].right = a
        else:
            n[at].left = a
        if a:
            n[a].up = at
    if top:
        n[top].up = up
    if up == 0:
        tree.root = top
    elif n[up].left == x:
        n[up].left = top
    else:
        n[up].right = top
    n[x].left = 0
    n[x].right = 0
    n[x].up = 0
    tree.count -= 1


cdef int tree_check(const Tree* tree, const Node* n) noexcept nogil:
    """0 when order, heap, links, ends and count hold; else the number of the rule that is broken."""
    cdef uint32_t x = tree.first, before = 0, count = 0
    if (tree.root == 0) != (tree.count == 0) or (tree.root and n[tree.root].up):
        return 1
    if tree.root and (n[tree.first].left or n[tree.last].right):
        return 2
    while x:
        count += 1
        if count > tree.count:
            return 3
        if before and not node_less(&n[before], &n[x]):
            return 4
        if n[x].left and (n[n[x].left].up != x or tree_priority(n[x].left) > tree_priority(x)):
            return 5
        if n[x].right and (n[n[x].right].up != x or tree_priority(n[x].right) > tree_priority(x)):
            return 6
        before = x
        x = tree_next(n, x)
    return 0 if count == tree.count and before == tree.last else 7
