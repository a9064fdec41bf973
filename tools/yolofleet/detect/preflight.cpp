#include "detect/preflight.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "detect/coco_counts.hpp"
#include "detect/existing_labels.hpp"
#include "detect/named_twice.hpp"
#include "detect/over_originals.hpp"
#include "output/output_file.hpp"
#include "shared/fail.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

/// A value that must differ between pictures.
class Unique {
 public:
  using Key = std::function<std::string(const Entry& entry, std::uint64_t index)>;

  /// `complaint` follows "A and B would both" and is followed by the key and, if A and B are two
  /// pictures, by `remedy`.
  Unique(std::string complaint, Key key, std::string remedy = "")
      : complaint_(std::move(complaint)), key_(std::move(key)), remedy_(std::move(remedy)) {}

  void add(const Entry& entry, std::uint64_t index) {
    hashes_.push_back(std::hash<std::string>()(key_(entry, index)));
  }

  /// Goes through the inputs again only if two hashes are the same.
  Result<void> check(Inputs& inputs) {
    const std::unordered_set<std::size_t> repeated = repeated_hashes();
    if (repeated.empty()) {
      return {};
    }
    inputs.rewind();
    std::map<std::string, NamedPicture> owners;
    while (const auto entry = inputs.next()) {
      std::string key = key_(*entry, entry->number);
      if (repeated.count(std::hash<std::string>()(key)) == 0) {
        continue;
      }
      const NamedPicture here{entry->name, inputs.place(), !entry->video.empty()};
      const auto [owner, fresh] = owners.emplace(std::move(key), here);
      if (!fresh) {
        return fail(ErrorCode::kInvalidArgument, "{} {} {}{}", would_both(owner->second, here),
                    complaint_, owner->first, same_picture(owner->second, here) ? "" : remedy_);
      }
    }
    return {};
  }

 private:
  std::unordered_set<std::size_t> repeated_hashes() {
    std::sort(hashes_.begin(), hashes_.end());
    std::unordered_set<std::size_t> repeated;
    auto same = std::adjacent_find(hashes_.begin(), hashes_.end());
    while (same != hashes_.end()) {
      repeated.insert(*same);
      same = std::adjacent_find(std::next(same), hashes_.end());
    }
    return repeated;
  }

  std::string complaint_;
  Key key_;
  std::string remedy_;
  std::vector<std::size_t> hashes_;
};

std::vector<Unique> uniques(const OutputOptions& options, const ImageIds& image_ids) {
  std::vector<Unique> uniques;
  if (!options.yolo.empty()) {
    uniques.emplace_back("be written to", [&](const Entry& entry, std::uint64_t) {
      return yolo_txt_file(options.yolo, entry).lexically_normal().string();
    });
  }
  if (!options.annotated.empty()) {
    uniques.emplace_back("be drawn to", [&](const Entry& entry, std::uint64_t) {
      return annotated_file(options.annotated, entry).lexically_normal().string();
    });
  }
  if (!options.coco.empty()) {
    uniques.emplace_back(
        "have the COCO image_id",
        [&](const Entry& entry, std::uint64_t index) {
          return std::to_string(image_ids.id(entry, index));
        },
        "; --coco-images JSON can give each picture its own");
    // Where ids are indices, a picture that is named twice has two of them.
    uniques.emplace_back("count as different COCO images of",
                         [](const Entry& entry, std::uint64_t) {
                           return fs::absolute(entry.name).lexically_normal().string();
                         });
  }
  return uniques;
}

/// The files that the run writes, each with the option that names it.
std::vector<std::pair<std::string, fs::path>> output_files(const OutputOptions& options) {
  std::vector<std::pair<std::string, fs::path>> files;
  for (auto [option, file] :
       {std::pair{"--output", fs::path(options.output)}, std::pair{"--coco", options.coco},
        std::pair{"--darknet-json", options.darknet_json},
        std::pair{"--report", fs::path(options.report)}}) {
    if (!file.empty() && file != "-") {
      files.emplace_back(option, std::move(file));
    }
  }
  return files;
}

/// The output files that exist already, complete or partial.
std::vector<std::pair<std::string, fs::path>> existing_outputs(const OutputOptions& options) {
  auto files = output_files(options);
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const auto& file) { return written_files(file.second).empty(); }),
              files.end());
  return files;
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return a.lexically_normal() == b.lexically_normal() ||
         (fs::is_regular_file(a, ignored) && fs::equivalent(a, b, ignored));
}

Result<void> check_different_files(const OutputOptions& options) {
  const auto files = output_files(options);
  for (auto file = files.begin(); file != files.end(); ++file) {
    const auto other = std::find_if(files.begin(), file, [&](const auto& before) {
      return same_file(before.second, file->second);
    });
    if (other != file) {
      return fail(ErrorCode::kInvalidArgument, "{} and {} name the same file, {}", other->first,
                  file->first, other->second.string());
    }
  }
  return {};
}

Result<void> check_roots(const Inputs& inputs, const OutputOptions& options) {
  for (const fs::path& root : inputs.roots()) {
    std::error_code ignored;
    if (fs::equivalent(root, options.annotated, ignored)) {
      return fail(ErrorCode::kInvalidArgument,
                  "--annotated {}: is the folder of the input pictures; name another",
                  options.annotated.string());
    }
  }
  return {};
}

/// Whether the files of a picture would be written over a picture or over labels.
class NothingOver {
 public:
  /// `options` and `read` must outlive it.
  NothingOver(const OutputOptions& options, std::span<const fs::path> read)
      : options_(options),
        output_is_there_(!existing_outputs(options).empty()),
        labels_(options, read) {}

  Result<void> check(const Entry& entry) {
    if (output_is_there_) {
      if (auto apart = check_not_read(entry.name, options_); !apart) {
        return apart;
      }
    }
    if (!options_.annotated.empty()) {
      if (auto apart = check_not_over_originals(entry, options_); !apart) {
        return apart;
      }
    }
    return labels_.check(entry);
  }

 private:
  const OutputOptions& options_;
  bool output_is_there_;
  ExistingLabels labels_;
};

/// Columns of "#123456" after the name of a video.
constexpr std::size_t kFrameWidth = 7;

void add(const Entry& entry, InputSummary& summary) {
  std::size_t width = display_width(printable(entry.name));
  if (entry.video.empty()) {
    ++summary.pictures;
  } else {
    width += kFrameWidth;
    summary.videos.push_back(entry);
  }
  summary.name_width = std::max(summary.name_width, width);
}

}  // namespace

Result<void> check_outputs(const OutputOptions& options) {
  const int on_standard_output =
      static_cast<int>(options.table) + static_cast<int>(options.darknet) +
      static_cast<int>(options.output == "-") + static_cast<int>(options.coco == "-") +
      static_cast<int>(options.darknet_json == "-") + static_cast<int>(options.report == "-");
  if (on_standard_output > 1) {
    return fail(ErrorCode::kInvalidArgument,
                "only one of --table (--format table), --format darknet, --output -, --coco -, "
                "--darknet-json - and --report - can be on standard output");
  }
  if (auto different = check_different_files(options); !different) {
    return different;
  }
  if (options.coco.empty() && !(options.coco_images.empty() && options.coco_classes.empty())) {
    return fail(ErrorCode::kInvalidArgument, "--coco-images and --coco-classes need --coco FILE");
  }
  if (options.yolo.empty() && (options.yolo_confidence || options.overwrite)) {
    return fail(ErrorCode::kInvalidArgument, "--yolo-confidence and --overwrite need --yolo DIR");
  }
  return {};
}

Result<void> check_not_read(const fs::path& read, const OutputOptions& options) {
  for (const auto& [option, file] : existing_outputs(options)) {
    if (writes_over(file, read)) {
      return fail(ErrorCode::kInvalidArgument,
                  "{} {}: would write over {}, which this run reads; name another file", option,
                  file.string(), read.string());
    }
  }
  return {};
}

Result<InputSummary> check_inputs(Inputs& inputs, const OutputOptions& options,
                                  const ImageIds& image_ids, std::span<const fs::path> read) {
  if (auto apart = check_roots(inputs, options); !apart) {
    return tl::unexpected(std::move(apart.error()));
  }
  InputSummary result;
  std::vector<Unique> checks = uniques(options, image_ids);
  CocoCounts coco;
  NothingOver over(options, read);
  while (const auto entry = inputs.next()) {
    if (auto apart = over.check(*entry); !apart) {
      return tl::unexpected(std::move(apart.error()));
    }
    for (Unique& unique : checks) {
      unique.add(*entry, entry->number);
    }
    if (!options.coco.empty()) {
      coco.count(*entry, image_ids);
    }
    add(*entry, result);
  }
  if (auto empty = inputs.first_empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}", *empty);
  }
  if (auto apart = check_not_over_videos(result.videos, options); !apart) {
    return tl::unexpected(std::move(apart.error()));
  }
  result.notices = inputs.skipped();
  for (Unique& unique : checks) {
    if (auto alone = unique.check(inputs); !alone) {
      return tl::unexpected(std::move(alone.error()));
    }
  }
  for (std::string& notice : coco.notices(options)) {
    result.notices.push_back(std::move(notice));
  }
  inputs.rewind();
  return result;
}

}  // namespace yolofleet::command
