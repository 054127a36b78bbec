"""The small signs inside BPMN shapes, drawn on a plane of 20 × 20 around its middle."""

# (path, solid): a solid path is filled, the others are drawn as lines.
Sign = list[tuple[str, bool]]

ENVELOPE = "M-7,-5 H7 V5 H-7 Z M-7,-5 L0,1 L7,-5"

EVENTS: dict[str, Sign] = {
    "none": [],
    "message": [(ENVELOPE, False)],
    "timer": [
        ("M0,-8 A8,8 0 1 1 0,8 A8,8 0 1 1 0,-8", False),
        ("M0,-5 V0 L3.5,2", False),
    ],
    "signal": [("M0,-7 L7.5,6 H-7.5 Z", False)],
    "error": [("M-7,6 L-3,-6 L2,2 L7,-7 L3,7 L-2,-1 Z", False)],
    "escalation": [("M0,-8 L6,7 L0,1 L-6,7 Z", False)],
    "conditional": [("M-6,-8 H6 V8 H-6 Z M-4,-4.5 H4 M-4,0 H4 M-4,4.5 H4", False)],
    "compensate": [("M-1,-6 V6 L-8,0 Z M7,-6 V6 L0,0 Z", False)],
    "cancel": [("M-6,-6 L6,6 M6,-6 L-6,6", False)],
    "link": [("M-7,-3 H2 V-7 L8,0 L2,7 V3 H-7 Z", False)],
    "terminate": [("M0,-8 A8,8 0 1 1 0,8 A8,8 0 1 1 0,-8", True)],
    "multiple": [("M0,-8 L7.6,-2.5 L4.7,6.5 H-4.7 L-7.6,-2.5 Z", False)],
}

TASKS: dict[str, Sign] = {
    "user": [
        ("M0,-7 A3.5,3.5 0 1 1 0,0 A3.5,3.5 0 1 1 0,-7", False),
        ("M-7,7 C-7,2 -3.5,0.8 0,0.8 C3.5,0.8 7,2 7,7 Z", False),
    ],
    "service": [
        ("M0,-3 A3,3 0 1 1 0,3 A3,3 0 1 1 0,-3", False),
        (
            "M0,-7.5 V-5 M0,5 V7.5 M-7.5,0 H-5 M5,0 H7.5 M-5.3,-5.3 L-3.6,-3.6 M3.6,3.6 L5.3,5.3 "
            "M-5.3,5.3 L-3.6,3.6 M3.6,-3.6 L5.3,-5.3",
            False,
        ),
        ("M0,-5 A5,5 0 1 1 0,5 A5,5 0 1 1 0,-5", False),
    ],
    "send": [("M-8,-5.5 H8 V5.5 H-8 Z", True), ("M-7,-4.5 L0,1 L7,-4.5", False)],
    "receive": [(ENVELOPE, False)],
    "script": [
        (
            "M-4,-7 H7 C3,-3 7,1 4,7 H-7 C-3,3 -7,-1 -4,-7 Z M-2.5,-3.5 H3.5 M-3,0 H3 M-3,3.5 H3",
            False,
        )
    ],
    "businessRule": [("M-8,-6 H8 V6 H-8 Z M-8,-2 H8 M-8,2 H8 M-3,-2 V6", False)],
    "manual": [("M-7,-2 L-1,-6 L1,-4 L-1,-2 H7 M7,-2 V5 H-3 L-7,3 V-2 M1,1.5 H7", False)],
}

GATEWAYS: dict[str, Sign] = {
    "exclusiveGateway": [("M-6,-6 L6,6 M6,-6 L-6,6", False)],
    "parallelGateway": [("M0,-8.5 V8.5 M-8.5,0 H8.5", False)],
    "inclusiveGateway": [("M0,-8 A8,8 0 1 1 0,8 A8,8 0 1 1 0,-8", False)],
    "complexGateway": [("M0,-8 V8 M-8,0 H8 M-6,-6 L6,6 M6,-6 L-6,6", False)],
    "eventBasedGateway": [
        ("M0,-10 A10,10 0 1 1 0,10 A10,10 0 1 1 0,-10", False),
        ("M0,-6.5 L6.2,-2 L3.8,5.3 H-3.8 L-6.2,-2 Z", False),
    ],
}

MANY = {"parallel": "M-4,-5 V5 M0,-5 V5 M4,-5 V5", "sequential": "M-5,-4 H5 M-5,0 H5 M-5,4 H5"}
COLLAPSED = "M-6,-6 H6 V6 H-6 Z M0,-3.5 V3.5 M-3.5,0 H3.5"
