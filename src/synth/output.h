// The files of a world, written front to back through one buffer each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace tracehound::synth {

// A new file. Text and bytes are kept until there is a megabyte of them.
class OutFile {
 public:
  // Errors: as FileSystem::open_write.
  static Result<OutFile> create(FileSystem& files, std::string path);

  Status add(std::string_view text) { return add(as_bytes(text)); }
  Status add(ByteView bytes);
  // Writes what is left and makes it durable.
  Status close();
  std::uint64_t size() const { return size_; }

 private:
  explicit OutFile(std::unique_ptr<WriteFile> file) : file_(std::move(file)) {}
  Status flush();

  std::unique_ptr<WriteFile> file_;
  Bytes buffer_;
  std::uint64_t size_ = 0;
};

// blk00000.dat and on, each at most 128 MiB, as a node rolls them.
class BlockFileWriter {
 public:
  // REQUIRES: the folder is there and has no such files.
  BlockFileWriter(FileSystem& files, std::string folder)
      : files_(files), folder_(std::move(folder)) {}

  // One whole record.
  Status add(ByteView record);
  Status close();

  std::uint64_t count() const { return count_; }
  std::uint64_t bytes() const { return bytes_; }
  static std::string name(std::uint64_t number);

 private:
  FileSystem& files_;
  std::string folder_;
  std::unique_ptr<OutFile> file_;
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace tracehound::synth
