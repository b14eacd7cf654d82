# Reading a struct's fields where they lie, without a look-up by name; for every compiled module that does.

cdef extern from *:
    """
    #include <structmember.h>
    /* Where a slot descriptor keeps its value inside an object; -1 when it is no such descriptor. */
    static Py_ssize_t huntgroup_slot(PyObject *descriptor) {
        if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) return -1;
        PyMemberDef *m = ((PyMemberDescrObject *)descriptor)->d_member;
        return m->type == T_OBJECT_EX || m->type == T_OBJECT ? m->offset : -1;
    }
    static inline PyObject *huntgroup_at(PyObject *o, Py_ssize_t offset) { return *(PyObject **)((char *)o + offset); }
    """
    Py_ssize_t huntgroup_slot(PyObject*) noexcept
    PyObject* huntgroup_at(PyObject*, Py_ssize_t) noexcept


cdef Py_ssize_t slot_of(object struct, str name) except -1:
    """Where a struct keeps a field, so that the hot path reads it without a look-up by name."""
    cdef Py_ssize_t offset = huntgroup_slot(<PyObject*>struct.__dict__[name])
    if offset < 0:
        raise InternalError(f"{struct.__name__}.{name} is not kept in a slot; this msgspec is not supported")
    return offset


cdef inline object read(object struct, Py_ssize_t offset):
    return <object>huntgroup_at(<PyObject*>struct, offset)
