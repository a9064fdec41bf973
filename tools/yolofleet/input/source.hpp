#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "input/frame.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// A picture or a video that the user named, not yet read, or a frame of such a video.
struct Entry {
  std::string name;  ///< as the user or the folder gives it, and as the output names it
  /// The path below the folder that the user gave; otherwise the bare file name. Relative, without
  /// "..".
  std::filesystem::path relative;
  std::optional<Error> error;  ///< set if it is already known that the picture can't be read
  bool standard_input = false;
  std::uint64_t number =
      0;  ///< among the pictures of all arguments and shards, from 0; Inputs sets it
  /// The source that VideoReader::open takes, if this is a video, a stream or a camera, or a frame
  /// of one; empty: a picture.
  std::string video{};
  std::optional<Frame> frame{};  ///< set: a frame of the video
};

/// The name of a picture or a video; "clip.mp4#12" for a frame.
std::string shown_name(const Entry& entry);

/// Gives the pictures of one argument, one after the other.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// Nothing after the last one.
  virtual std::optional<Entry> next() = 0;

  /// Starts again at the first picture.
  virtual void rewind() = 0;

  /// The error message if it gives no picture at all.
  virtual std::string emptiness() const = 0;

  /// Set if it is known before the first picture that there will be none.
  virtual std::optional<Error> why_nothing() const { return std::nullopt; }

  /// Which files it has left out so far, though they are pictures or videos: "photos: 3 .tif";
  /// empty if none.
  virtual std::string skipped() const { return {}; }

  /// Where the last picture was named: "list.txt:3"; empty if no line of a list names it.
  virtual std::string place() const { return {}; }

  /// The folder that it reads recursively; empty if it doesn't.
  virtual std::filesystem::path root() const { return {}; }
};

/// A part of the inputs: every `count`-th picture, from the one with the number `index` on.
struct Shard {
  std::uint64_t index = 0;  ///< less than `count`
  std::uint64_t count = 1;
};

/// Reads "I/N": the part I, from 0, of N. Errors: kInvalidArgument.
Result<Shard> shard_of(const std::string& text);

/// The settings that sources are opened with.
struct SourceContext {
  /// A folder that isn't read even if it lies below a folder that is read, because the run writes
  /// its pictures there. Empty: none.
  std::filesystem::path excluded;
  int stop_descriptor = -1;  ///< polls as readable when reading should stop; -1: never
  Shard shard{};             ///< the pictures that Inputs gives; default: all
  bool videos = false;       ///< read videos, too, instead of an error for each
};

/// All arguments together, in their order.
class Inputs {
 public:
  /// Each argument is one of, tried in this order: "-" (a picture on standard input), "@FILE" (a
  /// list of files, one a line; "@-" reads the list from standard input), a folder, a glob (if no
  /// file has that very name), else a file.
  /// Errors: kInvalidArgument (standard input twice, an empty argument), a list's own, and the
  /// first argument's `why_nothing` if no argument is anything else.
  static Result<Inputs> open(const std::vector<std::string>& arguments,
                             const SourceContext& context = {});

  /// These pictures, in their order.
  static Inputs of(std::vector<Entry> entries);

  /// The next picture of the shard; nothing after the last one.
  std::optional<Entry> next();
  void rewind();

  /// From now on `next` leaves out videos; the pictures keep their numbers.
  void leave_out_videos() { pictures_only_ = true; }

  /// A line for each argument that has `skipped` files. Call it after the last entry.
  std::vector<std::string> skipped() const;

  /// Where the last entry was named: "list.txt:3", or "INPUT 2" for the second argument. Call it
  /// after `next` has given one.
  std::string place() const;

  /// The `emptiness` of the first argument that has given no picture. Call it after the last entry.
  std::optional<std::string> first_empty() const;

  /// The folders that are read recursively.
  std::vector<std::filesystem::path> roots() const;

 private:
  struct Counted {
    std::unique_ptr<Source> source;
    std::uint64_t given = 0;
  };
  std::optional<Error> why_nothing() const;

  std::optional<Entry> next_of_all();

  std::vector<Counted> sources_;
  std::size_t current_ = 0;
  Shard shard_;
  bool pictures_only_ = false;
  std::uint64_t met_ = 0;  // pictures of all shards
};

/// Whether the name has one of the `picture_endings`, in any case.
bool has_picture_ending(const std::filesystem::path& file);

/// ".jpg, .jpeg, .png, ...": those that are read from folders and patterns.
std::string picture_endings();

// The kinds of source: whether an argument is of this kind, and the source for it.
bool is_standard_input(const std::string& argument);
Result<std::unique_ptr<Source>> open_standard_input(const std::string& argument,
                                                    const SourceContext& context);
bool is_list(const std::string& argument);
Result<std::unique_ptr<Source>> open_list(const std::string& argument,
                                          const SourceContext& context);
bool is_folder(const std::string& argument);
Result<std::unique_ptr<Source>> open_folder(const std::string& argument,
                                            const SourceContext& context);
bool is_glob(const std::string& argument);
Result<std::unique_ptr<Source>> open_glob(const std::string& argument,
                                          const SourceContext& context);
bool is_file(const std::string& argument);
Result<std::unique_ptr<Source>> open_file(const std::string& argument,
                                          const SourceContext& context);

}  // namespace yolofleet::command
