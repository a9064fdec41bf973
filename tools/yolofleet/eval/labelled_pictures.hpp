#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "eval/labels.hpp"
#include "eval/options.hpp"
#include "input/source.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The most objects that all label files may have together.
inline constexpr std::size_t kMaxObjects = std::size_t{1} << 24U;

/// The boxes of many pictures.
class BoxLists {
 public:
  void add(std::span<const LabelledBox> boxes);
  std::size_t size() const noexcept { return ends_.size(); }
  std::size_t boxes() const noexcept { return boxes_.size(); }
  /// Those of the picture at `place`, from 0.
  std::span<const LabelledBox> operator[](std::size_t place) const;

 private:
  std::vector<LabelledBox> boxes_;
  std::vector<std::size_t> ends_;
};

/// Pictures and the objects of their label files.
struct LabelledPictures {
  std::string source;  ///< the list, folder or picture that was given
  std::vector<Entry> entries;
  BoxLists objects;                                 ///< of the entries
  BoxLists difficult;                               ///< of the entries; empty: there are none
  std::vector<std::filesystem::path> label_files;   ///< of the entries; empty: it has none
  std::size_t unlabelled = 0;                       ///< entries without a label file
  std::size_t unread = 0;                           ///< label files that aren't read to their end
  std::size_t impossible = 0;                       ///< label files with Labels::impossible
  std::vector<std::string> missing;                 ///< pictures that don't exist, long names cut
  std::vector<std::filesystem::path> further_read;  ///< lists, label files of difficult objects
  std::vector<std::string> warnings;                ///< one line each
};

/// Reads the labels of the pictures that the arguments name: those of the list `valid` of the .data
/// file, or those of the only positional argument. Paths in lists of a .data file are looked for
/// from the working folder, then from the .data file's folder, then from the list's.
///
/// `difficult` of the .data file is a list with a picture for each one of `valid`, whose label file
/// has the difficult objects.
///
/// Errors: those of DataFile, open_lines, Inputs and read_labels; kNotFound (pictures are missing
/// and --allow-missing isn't given, or all are), kMismatch (the two lists differ in length),
/// kTooLarge (kMaxListedImages, kMaxObjects), kInvalidArgument (standard input).
Result<LabelledPictures> read_labelled_pictures(const EvalArguments& arguments);

/// A warning for objects of a class that the model doesn't have; empty if there are none.
std::string unknown_classes(const LabelledPictures& pictures, int classes);

}  // namespace yolofleet::command
