using System.Diagnostics;
using System.Globalization;
using Spud.Models;
using Xunit;

namespace Spud.Tests.Models;

/// <summary>
/// Mutated files: 10,000 of them, or as many as the environment variable SPUD_FUZZ says (SPUD_FUZZ=1000000 for a long run). File
/// number n is the same in every run, and a failure names its number.
/// </summary>
public sealed class GgufMutationTests
{
    private static readonly TimeSpan _longestOpen = TimeSpan.FromMinutes(1);

    [Fact]
    public void AMutatedFileOpensOrIsRefusedAndAllocatesNoMoreThanItJustifies()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("SPUD_FUZZ") ?? "10000", CultureInfo.InvariantCulture);
        GgufMutator mutator = new();
        using TempFolder folder = new();
        int opened = 0;
        for (int number = 0; number < count; number++)
        {
            (byte[] bytes, long length) = mutator.Make(number);
            string path = folder.File("mutated.gguf");
            using (FileStream stream = File.Create(path))
            {
                stream.Write(bytes);
                stream.SetLength(length);
            }

            try
            {
                opened += OpensWithinBounds(path, bytes.Length) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"mutated file {number} of {count}", e);
            }
        }

        Assert.InRange(opened, count / 50, count - (count / 5)); // both ways out were taken often
    }

    /// <summary>Opens and reads a file; false if it was refused.</summary>
    private static bool OpensWithinBounds(string path, int headerBytes)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();
        GgufFile? file = null;
        bool refused = false;
        try
        {
            file = GgufFile.Open(path);
        }
        catch (ModelFileException e)
        {
            refused = true;
            Assert.DoesNotContain('\n', e.Message);
        }

        using (file)
        {
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, _longestOpen);
            if (file is not null)
                Assert.InRange(GgufProbe.ReadEverything(file), 0, file.Metadata.Keys.Count + file.Tensors.Length);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, (64L * headerBytes) + (1 << 20)); // arrays are decoded when read
        }

        return !refused;
    }
}
