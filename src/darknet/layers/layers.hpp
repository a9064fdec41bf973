#pragma once

#include <span>

#include "darknet/option_reader.hpp"
#include "darknet/section_tables.hpp"
#include "graph/operations.hpp"

/// The supported sections, a file for each group of similar layers: the keys of each section, and
/// the converter that makes an operation of its options, with Darknet's defaults. A new layer adds
/// its section to the group that it belongs to.
namespace yolofleet::darknet {

std::span<const SectionKind> convolution_sections() noexcept;
std::span<const SectionKind> join_sections() noexcept;
std::span<const SectionKind> resampling_sections() noexcept;
std::span<const SectionKind> product_sections() noexcept;
std::span<const SectionKind> reorg_sections() noexcept;
std::span<const SectionKind> head_sections() noexcept;

}  // namespace yolofleet::darknet
