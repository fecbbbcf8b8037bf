"""MACs against the size of the image: whole, and in a crop for each score of the map."""

from matplotlib.figure import Figure

from netstat.records.views import Views
from netstat.reports._style import BLUE, GREY, ORANGE, VERMILLION, worded
from netstat.reports._table import printable, title
from netstat.units import scaled, shape


def views_chart(views: Views) -> Figure:
    """Dense evaluation and a crop for each score as lines over the images, one crop and ten crops as level lines."""
    figure = Figure(figsize=(7.5, 4.2))
    axes = figure.subplots()
    whole = [each for each in views.dense or () if each.cropped_macs is not None]
    places = range(len(whole))
    axes.plot(places, [each.macs for each in whole], marker="o", color=BLUE, label="dense")
    cropped = [each.cropped_macs or 0 for each in whole]
    axes.plot(places, cropped, marker="s", color=VERMILLION, label="a crop for each score")
    for name, color in (("one crop", GREY), ("ten crops", ORANGE)):
        for each in [each for each in views.crops if each.name == name]:
            axes.axhline(each.macs, color=color, linestyle="--", label=name)
    axes.set_xticks(places, [f"{shape(each.inputs[0][1:])}\nscores {shape(each.score_map)}" for each in whole])
    axes.set(ylabel="MACs of one image", ylim=(0, None), xlabel="image")
    axes.yaxis.set_major_formatter(worded(scaled))
    axes.legend(loc="upper left")
    figure.suptitle(printable(title("dense evaluation", views.model)), x=0.01, ha="left", weight="bold")
    return figure
