#pragma once

#include <cstddef>

#include "backend/lane.hpp"
#include "yolofleet/picture.hpp"

namespace yolofleet::fleet {

/// The most host memory of the pictures under way, by default. Pixels: 14 pictures of 12 megapixels
/// in RGB, so that as many threads decode them. Files: 25 of them. Together with the program (140
/// MB with the CPU's module) and with the files that the command reads ahead, this is less than 1
/// GB.
inline constexpr backend::HostBytes kMostBytes{
    .files = std::size_t{128} << 20U,
    .pixels = std::size_t{512} << 20U,
};

/// `most`, whose files are for up to two devices that decode, with half as many more for each
/// further one: its decoder and its lane hold files of their own.
backend::HostBytes most_for(backend::HostBytes most, std::size_t decoders);

/// The host memory of a picture as it is now. A view takes none: its pixels are the caller's.
backend::HostBytes bytes_of(const Picture& picture);

/// The same of a job, with its file if a device has decoded it.
backend::HostBytes bytes_of(const backend::Job& job);

/// The bytes that decoding takes, by the file's header; 0 if the picture is no file, or one that
/// can't be decoded.
std::size_t decoded_bytes_of(const Picture& picture, const DecodeLimits& limits);

/// Counts the host memory of the pictures of a fleet. Not for several threads at once.
class Budget {
 public:
  explicit Budget(const backend::HostBytes& most) : most_(most) {}

  /// Whether files and pixels both stay within the bound with `more`. One picture alone is always
  /// within it, however large.
  bool has_room(const backend::HostBytes& more) const;

  /// The memory that `counted` stands for is now `now`, which is stored in `counted`.
  void change(backend::HostBytes& counted, const backend::HostBytes& now);

  void add(const backend::HostBytes& more);
  /// Precondition: they were added.
  void remove(const backend::HostBytes& less);

  const backend::HostBytes& held() const noexcept { return held_; }

 private:
  const backend::HostBytes most_;
  backend::HostBytes held_{};
};

}  // namespace yolofleet::fleet
