#pragma once

namespace yolofleet::command {

/// Has malloc keep memory that is freed. Files of up to some megabytes are read and freed thousands
/// of times a second: given back to the system, their memory would cost a page fault for each 4 KB.
/// Nothing without glibc. To be called before the first thread starts.
void keep_freed_memory();

/// Has malloc give back what it keeps between blocks that are in use. glibc has an arena for each
/// of the first threads, and each keeps the most that was ever freed there: with large frames,
/// which wander between threads, this sum grows for a long time. Takes up to 50 ms (measured:
/// docs/measurements/2026-12-01.md); thread-safe. Nothing without glibc.
void give_back_freed_memory();

}  // namespace yolofleet::command
