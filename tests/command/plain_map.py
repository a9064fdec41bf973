"""The figures of `darknet detector map`, plainly: one loop for each formula of Darknet's validate_detector_map
(src/detector.c), on lists of numbers.

A picture is (detections, objects, difficult). A detection is (class_id, confidence, box), an object is (class_id, box);
a box is centre x, centre y, width and height, relative to the picture.
"""


def iou(a, b):
    """Of two boxes; 0 where they don't overlap."""
    sides = [min(a[i] + a[i + 2] / 2, b[i] + b[i + 2] / 2) - max(a[i] - a[i + 2] / 2, b[i] - b[i + 2] / 2) for i in (0, 1)]
    if min(sides) <= 0:
        return 0.0
    common = sides[0] * sides[1]
    return common / (a[2] * a[3] + b[2] * b[3] - common)


def in_order(detections):
    """Sorted by box as Darknet's do_nms_sort (src/box.c) does: for each class in turn, by its confidence."""
    boxes = {}
    for class_id, confidence, box in detections:
        boxes.setdefault(box, {})[class_id] = confidence
    order = list(boxes)
    for class_id in sorted({class_id for class_id, _, _ in detections}):
        order.sort(key=lambda box: -boxes[box].get(class_id, 0.0))
    return [(class_id, boxes[box][class_id], box) for box in order for class_id in sorted(boxes[box])]


def rank_detections(pictures, least_iou, over):
    """Every detection that counts, as (confidence, class_id, object or None), and for each class its true positives,
    false positives and sum of IoU over a confidence."""
    ranked, at_threshold, first_object = [], {}, 0
    for detections, objects, difficult in pictures:
        taken = set()
        for class_id, confidence, box in in_order(detections):
            overlaps = [(iou(box, other), -place) for place, (other_class, other) in enumerate(objects)
                        if other_class == class_id and iou(box, other) > least_iou]
            best, place = max(overlaps, default=(0.0, None))
            found = None if place is None else first_object - place
            is_first = found is not None and found not in taken
            counts = at_threshold.setdefault(class_id, [0, 0, 0.0])
            if confidence > over:
                counts[0 if is_first else 1] += 1
                counts[2] += best if is_first else 0.0
            taken.add(found)
            if found is None and any(other_class == class_id and iou(box, other) > least_iou
                                     for other_class, other in difficult):
                continue
            ranked.append((confidence, class_id, found))
        first_object += len(objects)
    return sorted(ranked, key=lambda each: -each[0]), at_threshold


def curve(ranked, class_id, objects):
    """(precision, recall) of a class after each detection of any class."""
    taken, true, false, points = set(), 0, 0, []
    for _, found_class, found in ranked:
        if found_class == class_id:
            if found is not None and found not in taken:
                taken.add(found)
                true += 1
            else:
                false += 1
        points.append((true / (true + false) if true + false else 0.0, true / objects if objects else 0.0))
    return points


def average_precision(points, how):
    """The area under the curve, with precision made monotonic, for 0; else the mean over that number of recalls."""
    if not points:
        return 0.0
    if how:
        wanted = [number / (how - 1) for number in range(how)]
        return sum(max((precision for precision, recall in points if recall >= least), default=0.0)
                   for least in wanted) / how
    last_precision, last_recall = points[-1]
    area = 0.0
    for precision, recall in reversed(points[:-1]):
        step = last_recall - recall
        last_recall = recall
        last_precision = max(last_precision, precision)
        area += step * last_precision
    return area + last_recall * last_precision


def evaluate(pictures, classes, least_iou=0.5, how=0, over=0.25):
    """All figures, under the names of `eval --json`."""
    ranked, at_threshold = rank_detections(pictures, least_iou, over)
    objects = [object_class for _, of_picture, _ in pictures for object_class, _ in of_picture]
    rows = []
    for class_id in range(classes):
        true, false, _ = at_threshold.get(class_id, (0, 0, 0.0))
        rows.append({
            "objects": objects.count(class_id),
            "detections": sum(found_class == class_id for _, found_class, _ in ranked),
            "ap": average_precision(curve(ranked, class_id, objects.count(class_id)), how),
            "true_positives": true, "false_positives": false,
        })
    true, false, overlap = (sum(counts[i] for counts in at_threshold.values()) for i in range(3))
    precision = true / (true + false) if true + false else None
    recall = true / len(objects) if objects else None
    return {
        "objects": len(objects), "detections": len(ranked), "classes": rows,
        "map": sum(row["ap"] for row in rows) / classes,
        "true_positives": true, "false_positives": false, "false_negatives": len(objects) - true,
        "precision": precision, "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if true else None,
        "average_iou": overlap / (true + false) if true + false else None,
    }


def read_labels(text):
    """The objects of a label file's text."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    return [(int(row[0]), tuple(float(value) for value in row[1:])) for row in rows]


def detections_of(picture):
    """The detections of a JSON object of `detect`."""
    found = []
    for each in picture["detections"]:
        x, y, width, height = each["box"]
        found.append((each["class_id"], each["confidence"],
                      ((x + width / 2) / picture["width"], (y + height / 2) / picture["height"],
                       width / picture["width"], height / picture["height"])))
    return found


def assert_same(report, wanted, within):
    """`report`, of `eval --json`, has these figures."""
    for key, value in wanted.items():
        if key != "classes":
            assert same(report[key], value, within), (key, report[key], value)
    for row, wanted_row in zip(report["classes"], wanted["classes"], strict=True):
        for key, value in wanted_row.items():
            assert same(row[key], value, within), (row["name"], key, row[key], value)


def same(ours, wanted, within):
    if wanted is None or isinstance(wanted, int):
        return ours == wanted
    return ours is not None and abs(ours - wanted) <= within
