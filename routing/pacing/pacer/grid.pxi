# The instants ahead at which demand and supply are compared, and the constants that ``Settings`` documents.

cdef enum:
    AHEAD = 12  # instants ahead; a multiple of 4, so that loops over them have no remainder
    TICKS = 256  # ticks of age that an attempt is followed for; a power of 2
    EXACT = 110  # so many coins are convolved exactly, more are taken as normal
    SPREAD = 16  # coins that stand for the calls that will come in by themselves

cdef double TICK = 0.25  # seconds of one tick of an attempt's age
cdef double[AHEAD] INSTANT  # seconds ahead
INSTANT[:] = [0.5, 1.5, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 16.0, 20.0, 25.0, 30.0]

cdef struct Tuning:  # the fields of Settings, in their order
    double reach  # seconds after its answer in which one more call may cost another its agent
    double rate  # the prior of the answer rate
    double rate_weight  # attempts that it is worth
    double change  # seconds between changes of the answer rate
    double change_weight  # persons that the prior of a changed answer rate is worth
    double caution  # standard deviations of the answer rate that are added to it
    double curve_weight  # observations that the fitted curve of a duration is worth
    double slack_one  # the slack that is held, for one agent
    double slack_power  # and for more: this power of their number
    double length  # of slack over which the price doubles, in whole slacks
    double edge  # calls: about so much slack is never spent
    double luxury  # the price with slack without end, in whole prices
    double kappa  # what the whole price is at first, in caps, for very many agents
    double kappa_few  # and more of it for one agent
    double kappa_weight  # abandoned calls that this is worth

cdef bytes whole(const void* place, size_t size):
    return PyBytes_FromStringAndSize(<const char*> place, size)


cdef int refill(void* place, size_t size, bytes data) except -1:
    if <size_t> len(data) != size:
        raise ValueError(f"{len(data)} bytes, not {size}")
    memcpy(place, PyBytes_AS_STRING(data), size)
    return 0
