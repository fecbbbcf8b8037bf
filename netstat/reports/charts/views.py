"""MACs against the size of the image: whole, and in a crop for each score of the map."""

from netstat.records.views import Views
from netstat.reports.charts._chart import chart
from netstat.reports.charts._style import BLUE, GREY, ORANGE, SMALL, VERMILLION, Axes, dress, legend, worded
from netstat.units import scaled, shape


@chart("views", "views", size=lambda views: (7.5, 3.8))
def views(axes: Axes, record: Views) -> None:
    """Dense evaluation beside crops.

    MACs of an image of each size: evaluated whole, and in a crop for each score of its map; the dashed lines are one
    crop and ten crops of any image.
    """
    whole = [each for each in record.dense or () if each.cropped_macs is not None]
    places = range(len(whole))
    axes.plot(places, [each.macs for each in whole], marker="o", color=BLUE, label="dense")
    cropped = [each.cropped_macs or 0 for each in whole]
    axes.plot(places, cropped, marker="s", color=VERMILLION, label="a crop for each score")
    for name, color in (("one crop", GREY), ("ten crops", ORANGE)):
        for each in [each for each in record.crops if each.name == name]:
            axes.axhline(each.macs, color=color, linestyle="--", label=name)
    labels = [f"{shape(each.inputs[0][1:])}\nscores {shape(each.score_map)}" for each in whole]
    axes.set_xticks(places, labels, fontsize=SMALL)
    axes.set_ylabel("MACs of one image")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("image")
    axes.yaxis.set_major_formatter(worded(scaled))
    dress(axes)
    legend(axes)
