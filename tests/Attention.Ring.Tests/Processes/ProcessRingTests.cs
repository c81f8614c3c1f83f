using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Attention.Ring.Tests.Processes;

/// <summary>A ring of processes, which are threads here: what MPI does is tested with MPI.</summary>
public sealed class ProcessRingTests
{
    private static readonly TestModel s_model = new();

    [Theory]
    [InlineData("backend.cpu/cpu", 1)]
    [InlineData("backend.cpu/cpu", 2)]
    [InlineData("backend.cpu/cpu", 4)]
    [InlineData("reference/reference", 3)]
    public void The_fold_is_that_of_ranks_in_one_process(string attention, int ranks)
    {
        foreach (Func<int, bool> kept in new Func<int, bool>[] { static _ => true, static position => position % 3 != 1, static position => position is < 4 or > 95 })
        {
            foreach (SequenceSlice[] slices in new[] { TestStep.Slices((1, 0)), TestStep.Slices((1, 700)), TestStep.Slices((70, 0)), TestStep.Slices((7, 30), (1, 5), (1, 200), (20, 100)) })
            {
                using TestRing one = new(new() { Attention = attention, Ranks = 1 }), several = new(new() { Attention = attention, Ranks = ranks });
                float[] expected = Attended(one, slices, kept), got = Attended(several, slices, kept);
                Assert.Equal(expected.Length, got.Length);
                for (int i = 0; i < expected.Length; i++)
                    Assert.Equal(expected[i], got[i], 1e-5f);
            }
        }
    }

    [Fact]
    public void The_mass_of_keys_is_summed_over_the_processes()
    {
        SequenceSlice[] slices = TestStep.Slices((6, 90));
        using TestRing one = new(new() { Ranks = 1 }), three = new(new() { Ranks = 3 });
        float[] expected = Mass(one, slices), got = Mass(three, slices);
        Assert.Equal(6 * s_model.QueryHeads, expected.Sum(), 1e-3);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], got[i], 1e-5f);
    }

    /// <summary>Keys and values, queries and runs go out together, and the state comes back: one message each way for a fold.</summary>
    [Fact]
    public void Messages_are_few()
    {
        using TestRing ring = new(new() { Ranks = 2 });
        SequenceSlice[] slices = TestStep.Slices((7, 30));
        PageView[] shards = Shards(ring, slices, static _ => true);
        AttentionState state = State(ring.Build, 7);
        ring.Build.Spoil();
        ring.Fold.Fold(0, TestStep.Of(ring.Build, slices), Query(ring.Build, 7), shards, state);
        TensorView rows = ring.Build.Floats([.. Enumerable.Range(0, s_model.KvHeads * s_model.KeyWidth).Select(static i => (float)i)], 1, s_model.KvHeads, s_model.KeyWidth);
        IMemoryDomain remote = shards[1].Pool.Keys.Domain;
        TensorView there = new(remote, remote.Allocate(rows.Bytes), ElementType.F32, rows.Shape);
        (int sent, int back) = (ring.Links[0].SentMessages, ring.Links[1].SentMessages);
        remote.Copy(rows, there);
        remote.Append(new() { Query = default, Key = there, Value = there }, ring.Build.Ints([3], 1), shards[1].Pool);
        ring.Fold.Fold(0, TestStep.Of(ring.Build, slices), Query(ring.Build, 7), shards, state);
        Assert.Equal((sent + 1, back + 1), (ring.Links[0].SentMessages, ring.Links[1].SentMessages));
    }

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.Q8_0)]
    public void The_memory_of_another_rank_copies_converts_and_appends_as_the_hosts_does(ElementType type)
    {
        using TestRing ring = new(new());
        IMemoryDomain remote = ring.Fold.Shards!.Domains[1];
        Assert.False(remote.IsHost);
        TestBuild build = ring.Build;
        TensorView floats = build.Floats([.. Enumerable.Range(0, 2 * 3 * 32).Select(static i => i * 0.37f - 20)], 2, 3, 32);
        PagePool here = Pool(build, build.Host, type), there = Pool(build, remote, type);
        TensorView slots = build.Ints([5, 1], 2), staged = Allocate(remote, ElementType.F32, 2, 3, 32);
        remote.Copy(floats, staged);
        build.Host.Append(new() { Query = default, Key = floats, Value = floats }, slots, here);
        remote.Append(new() { Query = default, Key = staged, Value = staged }, slots, there);
        remote.Copy(there.Keys.At(1), there.Values.At(0));
        build.Host.Copy(here.Keys.At(1), here.Values.At(0));
        remote.Wait();
        foreach ((TensorView expected, TensorView got) in new[] { (here.Keys, there.Keys), (here.Values, there.Values) })
        {
            TensorView fetched = build.Allocate(build.Host, type, got.Shape), asFloats = build.Floats(default, got.Shape), expectedFloats = build.Floats(default, got.Shape);
            remote.Copy(got, fetched);
            remote.Copy(got, asFloats);
            build.Host.Copy(expected, expectedFloats);
            Assert.Equal(expected.AsSpan<byte>().ToArray(), fetched.AsSpan<byte>().ToArray());
            Assert.Equal(expectedFloats.AsSpan<float>().ToArray(), asFloats.AsSpan<float>().ToArray());
        }

        static PagePool Pool(TestBuild build, IMemoryDomain domain, ElementType type) => new()
        {
            Keys = Allocate(domain, type, 2, 3, 4, 32),
            Values = Allocate(domain, type, 2, 3, 4, 32),
            Positions = build.Ints(new int[8], 2, 4),
        };
    }

    [Fact]
    public void The_memory_of_another_rank_is_limited_there()
    {
        using TestRing ring = new(new() { Options = new() { MemoryMiB = 1, TimeoutSeconds = 20 } });
        IMemoryDomain remote = ring.Fold.Shards!.Domains[1];
        nint block = remote.Allocate(700_000);
        string refused = Assert.Throws<InsufficientMemoryException>(() => remote.Allocate(700_000)).Message;
        Assert.StartsWith("ring rank 1 may use 1 MiB and has 0.3 MiB left; 0.7 MiB more are needed. Use more ranks", refused, StringComparison.Ordinal);
        remote.Free(block, 700_000);
        remote.Free(remote.Allocate(700_000), 700_000);
    }

    /// <summary>A fault of one request is told with the rank's name; the rank goes on.</summary>
    [Fact]
    public void A_fold_that_fails_on_a_rank_ends_one_request()
    {
        bool fails = true;
        using TestRing ring = new(new() { Inner = (rank, fold) => rank == 1 ? new FailingFold(fold, () => fails) : fold });
        SequenceSlice[] slices = TestStep.Slices((7, 30));
        string message = Assert.Throws<InvalidOperationException>(() => Attended(ring, slices, static _ => true)).Message;
        Assert.Equal("ring rank 1: ArithmeticException: out of order", message);
        fails = false;
        using TestRing whole = new(new());
        Assert.Equal(Attended(whole, slices, static _ => true), Attended(ring, slices, static _ => true));
    }

    /// <summary>Rank 0 failed while the other one folded: its reply, which nobody waits for, must not be taken for that to the next step.</summary>
    [Fact]
    public void A_reply_to_a_step_that_failed_here_is_dropped()
    {
        bool fails = true;
        using TestRing ring = new(new() { Inner = (rank, fold) => rank == 0 ? new FailingFold(fold, () => fails) : fold });
        Assert.Throws<ArithmeticException>(() => Attended(ring, TestStep.Slices((9, 40)), static _ => true));
        fails = false;
        using TestRing whole = new(new());
        SequenceSlice[] slices = TestStep.Slices((7, 30));
        Assert.Equal(Attended(whole, slices, static _ => true), Attended(ring, slices, static _ => true));
    }

    [Fact]
    public void A_lost_rank_ends_every_request_with_its_name_and_at_once()
    {
        TestRing ring = new(new() { Ranks = 3 });
        SequenceSlice[] slices = TestStep.Slices((7, 30));
        PageView[] shards = Shards(ring, slices, static _ => true);
        ring.Links[0].Cut();
        for (int again = 0; again < 2; again++)
        {
            DeviceLostException lost = Assert.Throws<DeviceLostException>(() => ring.Fold.Fold(0, TestStep.Of(ring.Build, slices), Query(ring.Build, 7), shards, State(ring.Build, 7)));
            Assert.Equal("ring rank 1 is lost: the wire was cut. What it kept is gone. Start all ranks again.", lost.Message);
            Assert.Same(ring.Fold.Shards!.Domains[1], lost.Domain);
        }

        ring.Fold.Shards!.Domains[1].Free(64, 64);
        ring.Dispose();
        foreach (int rank in (int[])[1, 2])
            Assert.Equal($"ring rank {rank} on machine{rank} ends, because rank 0, the program, is lost: it has not answered. Start all ranks again.", Assert.IsType<DeviceLostException>(ring.Endings[rank]).Message);
    }

    [Theory]
    [InlineData("model", "model is '1111")]
    [InlineData("pages", "pages is 'F16/F16 of 16' there and 'F32/F32 of 16' here")]
    public void A_rank_that_differs_is_refused(string what, string message)
    {
        TestRing.Settings settings = what == "model"
            ? new() { Ranks = 3, HashOf = static rank => rank == 2 ? new string('1', 64) : null }
            : new() { Ranks = 3, LayoutOf = static rank => rank == 2 ? new() { PageTokens = 16, Keys = ElementType.F16, Values = ElementType.F16, TokensAtMost = 2048 } : TestRing.Settings.Layout };
        string refused = Assert.Throws<RefusedException>(() => new TestRing(settings)).Message;
        Assert.Contains($"rank 2 on machine2 differs from rank 0: {message}", refused, StringComparison.Ordinal);
        Assert.EndsWith("Start all ranks with the same command, program and model.", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rank_that_does_not_start_is_refused_with_its_reason()
    {
        string refused = Assert.Throws<RefusedException>(() => new TestRing(new() { Inner = static (rank, fold) => rank == 1 ? throw new RefusedException("no room") : fold })).Message;
        Assert.Equal("rank 1 did not start: no room", refused);

        MemoryLink[] links = MemoryLink.Connect(2);
        using TestBuild build = new(s_model.Describe());
        refused = Assert.Throws<RefusedException>(() => RingPlugin.Join(links[0], new() { TimeoutSeconds = 1 }, new FoldBuild(build, TestRing.Settings.Layout), static _ => throw new InvalidOperationException())).Message;
        Assert.Equal("rank 1 did not start: it has not answered. Start all ranks with the same command.", refused);
    }

    [Fact]
    public void When_the_program_ends_the_ranks_do()
    {
        TestRing ring = new(new() { Ranks = 4 });
        Attended(ring, TestStep.Slices((7, 30)), static _ => true);
        ring.Dispose();
        Assert.All(ring.Endings, Assert.Null);
    }

    private static float[] Attended(TestRing ring, SequenceSlice[] slices, Func<int, bool> kept)
    {
        int rows = slices.Sum(static slice => slice.Rows);
        AttentionState state = State(ring.Build, rows);
        PageView[] shards = Shards(ring, slices, kept);
        ring.Build.Spoil();
        ring.Fold.Fold(0, TestStep.Of(ring.Build, slices), Query(ring.Build, rows), shards, state);
        float[] sums = state.Sum.AsSpan<float>().ToArray();
        return [.. state.Accumulator.AsSpan<float>().ToArray().Select((value, i) => value / sums[i / s_model.ValueWidth])];
    }

    private static float[] Mass(TestRing ring, SequenceSlice[] slices)
    {
        int rows = slices.Sum(static slice => slice.Rows);
        AttentionState state = State(ring.Build, rows);
        PageView[] shards = Shards(ring, slices, static _ => true);
        ring.Build.Spoil();
        ring.Fold.Fold(0, TestStep.Of(ring.Build, slices), Query(ring.Build, rows), shards, state);
        TensorView mass = ring.Build.Floats(default, s_model.KvHeads, ring.Build.Limits.ContextTokens);
        IGivesKeyMass fold = (IGivesKeyMass)ring.Fold;
        Assert.True(fold.TellsKeyMass);
        fold.AddKeyMass(0, TestStep.Of(ring.Build, slices), Query(ring.Build, rows), shards, state with { Accumulator = default }, mass);
        return mass.AsSpan<float>().ToArray();
    }

    private static AttentionState State(TestBuild build, int rows) => new()
    {
        Max = build.Floats(default, rows, s_model.QueryHeads),
        Sum = build.Floats(default, rows, s_model.QueryHeads),
        Accumulator = build.Floats(default, rows, s_model.QueryHeads, s_model.ValueWidth),
    };

    private static TensorView Query(TestBuild build, int rows) => build.Floats(
        [.. Enumerable.Range(0, rows).SelectMany(row => TestPages.KeyOf(s_model with { KvHeads = s_model.QueryHeads }, 1000, row))], rows, s_model.QueryHeads, s_model.KeyWidth);

    /// <summary>Pages of every rank, in its memory.</summary>
    private static PageView[] Shards(TestRing ring, SequenceSlice[] slices, Func<int, bool> kept) => [.. Enumerable.Range(0, ring.Fold.Shards!.Domains.Length).Select(shard =>
    {
        TestPages pages = new() { PageTokens = 16, Type = ElementType.F32 };
        foreach (SequenceSlice slice in slices)
            pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + slice.Rows).Where(position => kept(position) && ring.Fold.Shards.ShardOf(position) == shard));

        PageView view = pages.Build(ring.Build, s_model);
        IMemoryDomain domain = ring.Fold.Shards.Domains[shard];
        return new PageView { Pool = new() { Keys = Moved(view.Pool.Keys, domain), Values = Moved(view.Pool.Values, domain), Positions = view.Pool.Positions }, Runs = view.Runs, RunOffsets = view.RunOffsets };
    })];

    private static TensorView Moved(in TensorView view, IMemoryDomain domain)
    {
        if (domain.IsHost)
            return view;

        TensorView moved = Allocate(domain, view.Type, view.Shape.ToArray());
        domain.Copy(view, moved);
        return moved;
    }

    private static TensorView Allocate(IMemoryDomain domain, ElementType type, params int[] shape) =>
        new(domain, domain.Allocate(new TensorView(domain, 0, type, shape).Bytes), type, shape);

    private sealed class FailingFold(IFold inner, Func<bool> fails) : IFold
    {
        public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
        {
            if (fails())
                throw new ArithmeticException("out of order");

            inner.Fold(layer, step, query, shards, state);
        }

        public void Dispose()
        {
        }
    }
}
