#include "output/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "output/output_file.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::string_view kImage = "image";
constexpr std::string_view kLabel = "label";
constexpr std::size_t kWidestImage = 48;
constexpr std::size_t kWidestLabel = 24;

class TableSink final : public Sink {
 public:
  TableSink(OutputFile file, const SinkContext& context)
      : file_(std::move(file)),
        names_(context.names),
        widths_(table_widths(context.name_width, context.names)) {}

  Result<void> write(Outcome& outcome) override {
    const std::string header = file_.size() == 0 ? table_header(widths_) : "";
    return file_.append(header + table_rows(outcome, names_, widths_));
  }

  Result<std::string> finish(Ending /*ending*/) override {
    return file_.commit().map([] { return std::string(); });
  }

 private:
  OutputFile file_;
  std::span<const std::string> names_;
  TableWidths widths_;
};

}  // namespace

TableWidths table_widths(std::size_t longest_image, std::span<const std::string> names) {
  std::size_t label = kLabel.size();
  for (const std::string& name : names) {
    label = std::max(label, display_width(printable(name)));
  }
  return {std::clamp(longest_image, kImage.size(), kWidestImage), std::min(label, kWidestLabel)};
}

std::string table_header(const TableWidths& widths) {
  return fmt::format("{}  {}  confidence    left     top   width  height\n",
                     pad_right(kImage, widths.image), pad_right(kLabel, widths.label));
}

std::string table_rows(const Outcome& outcome, std::span<const std::string> names,
                       const TableWidths& widths) {
  const PictureResult& result = outcome.result;
  const std::string image = pad_right(printable(shown_name(outcome.entry)), widths.image);
  if (result.error) {
    return fmt::format("{}  failed: {}\n", image, printable(result.error->message));
  }
  if (result.detections.empty()) {
    return fmt::format("{}  nothing found\n", image);
  }
  std::string rows;
  std::string first = image;
  for (const Detection& found : result.detections) {
    const std::string label = printable(class_label(names, found.class_id));
    rows += fmt::format("{}  {}  {:>8.1f} %  {:>6.0f}  {:>6.0f}  {:>6.0f}  {:>6.0f}\n",
                        std::exchange(first, std::string(widths.image, ' ')),
                        pad_right(label, widths.label), found.confidence * 100.0F, found.box.x,
                        found.box.y, found.box.width, found.box.height);
  }
  return rows;
}

Result<std::unique_ptr<Sink>> open_table(const SinkContext& context) {
  if (!context.options.table) {
    return nullptr;
  }
  auto file = OutputFile::open("-");
  if (!file) {
    return tl::unexpected(std::move(file.error()));
  }
  return std::make_unique<TableSink>(std::move(*file), context);
}

}  // namespace yolofleet::command
