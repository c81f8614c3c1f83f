using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Spud.Plugins;
using Xunit;

namespace Attention.Ring.Tests;

/// <summary>The ring around the built-in attention and around the reference, against attention in double precision from its definition.</summary>
public sealed class RingFoldTests
{
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Reference, TestData.Plugins]);
    private static readonly TestModel s_model = new(), s_windowed = new() { Traits = new() { [Trait.Window] = 19 } };

    public static TheoryData<string, int, int> Cases => new MatrixTheoryData<string, int, int>(["reference/reference", "backend.cpu/cpu"], [1, 2, 3, 8], [1, 5, 256]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fold_is_attention(string attention, int ranks, int blockTokens)
    {
        foreach (SequenceSlice[] slices in new[] { TestStep.Slices((1, 0)), TestStep.Slices((1, 700)), TestStep.Slices((70, 0)), TestStep.Slices((7, 30), (1, 5), (1, 200), (20, 10)) })
        {
            Check(attention, s_model, ranks, blockTokens, slices, static _ => true);
            Check(attention, s_windowed, ranks, blockTokens, slices, static _ => true);
        }
    }

    /// <summary>What a cache forgot is on no rank: runs have gaps, and ranks may be empty.</summary>
    [Theory]
    [InlineData("reference/reference")]
    [InlineData("backend.cpu/cpu")]
    public void Keys_that_a_cache_forgot_are_missing(string attention)
    {
        SequenceSlice[] slices = TestStep.Slices((3, 97), (1, 64));
        Check(attention, s_model, 4, 8, slices, static position => position is < 4 or > 50);
        Check(attention, s_model, 3, 5, slices, static position => position % 3 != 1);
        Check(attention, s_model, 8, 40, slices, static position => position is > 95 or 63 or 64);
    }

    /// <summary>A policy that keeps what attention looks at gets the same masses from ranks as from one fold.</summary>
    [Theory]
    [InlineData("reference/reference", 3)]
    [InlineData("backend.cpu/cpu", 2)]
    [InlineData("backend.cpu/cpu", 5)]
    public void The_mass_of_keys_is_that_without_ranks(string attention, int ranks)
    {
        SequenceSlice[] slices = TestStep.Slices((6, 90));
        using Rig plain = new(attention, s_model, slices, null), ring = new(attention, s_model, slices, Options(ranks, 7));
        float[] expected = plain.Mass(), got = ring.Mass();
        Assert.Equal(6 * s_model.QueryHeads, expected.Sum(), 1e-3);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], got[i], 1e-5f);
    }

    private static string Options(int ranks, int blockTokens) => $$"""{"ranks":{{ranks}},"blockTokens":{{blockTokens}}}""";

    private static void Check(string attention, TestModel model, int ranks, int blockTokens, SequenceSlice[] slices, Func<int, bool> kept)
    {
        using Rig rig = new(attention, model, slices, Options(ranks, blockTokens));
        float[] got = rig.Attended(kept);
        int width = model.QueryHeads * model.ValueWidth;
        foreach (SequenceSlice slice in slices)
        {
            for (int row = 0; row < slice.Rows; row++)
            {
                int position = slice.FirstPosition + row;
                double window = model.Traits.TryGetValue(Trait.Window, out float n) ? n : double.PositiveInfinity;
                int[] keys = [.. Enumerable.Range(0, position + 1).Where(key => kept(key) && key > position - window)];
                double[] expected = Attend(model, slice.Id, rig.QueryOf(slice.FirstRow + row), keys);
                for (int i = 0; i < width; i++)
                    Assert.True(Math.Abs(expected[i] - got[(slice.FirstRow + row) * width + i]) < 1e-5, $"row {row} of sequence {slice.Id}, position {position}: {got[(slice.FirstRow + row) * width + i]}, expected {expected[i]}");
            }
        }
    }

    private static double[] Attend(TestModel model, int sequence, double[] query, int[] keys)
    {
        (int d, int dv, int group) = (model.KeyWidth, model.ValueWidth, model.QueryHeads / model.KvHeads);
        double[] result = new double[model.QueryHeads * dv];
        for (int head = 0; head < model.QueryHeads; head++)
        {
            double sum = 0;
            foreach (int key in keys)
            {
                double weight = Math.Exp(Plain.Dot(query[(head * d)..((head + 1) * d)], Double(TestPages.KeyOf(model, sequence, key))[(head / group * d)..((head / group + 1) * d)]));
                double[] value = Double(TestPages.ValueOf(model, sequence, key))[(head / group * dv)..((head / group + 1) * dv)];
                sum += weight;
                for (int i = 0; i < dv; i++)
                    result[head * dv + i] += weight * value[i];
            }

            for (int i = 0; i < dv; i++)
                result[head * dv + i] /= sum;
        }

        return result;
    }

    private static double[] Double(float[] values) => [.. values.Select(static value => (double)value)];

    private sealed class Rig : IDisposable
    {
        private readonly TestModel _model;
        private readonly SequenceSlice[] _slices;
        private readonly TestBuild _build;
        private readonly IAttention _attention;
        private readonly StandaloneFold _fold;
        private readonly TensorView _query;

        public Rig(string attention, TestModel model, SequenceSlice[] slices, string? options)
        {
            (_model, _slices, _build) = (model, slices, new TestBuild(model.Describe()));
            StandaloneComponent component = StandaloneComponent.Bind(s_plugins, Roles.Attention, attention, "{}", _build.Model);
            _attention = (IAttention)component.Create(_build);
            CacheLayout layout = new() { PageTokens = 16, Keys = ElementType.F32, Values = ElementType.F32, TokensAtMost = _build.Limits.ContextTokens };
            _fold = new(_attention, component.Name, _build, layout, options is null ? [] : [StandaloneComponent.BindFold(s_plugins, "ring", options, _build.Model)]);
            int rows = slices.Sum(static slice => slice.Rows);
            _query = _build.Floats([.. Enumerable.Range(0, rows).SelectMany(row => TestPages.KeyOf(model with { KvHeads = model.QueryHeads }, 1000, row))], rows, model.QueryHeads, model.KeyWidth);
        }

        public double[] QueryOf(int row) => Double(_query.At(row).AsSpan<float>().ToArray());

        /// <summary>The accumulators over the sums, [T, H, Dv].</summary>
        public float[] Attended(Func<int, bool> kept)
        {
            AttentionState state = Folded(Shards(kept));
            float[] sums = state.Sum.AsSpan<float>().ToArray();
            return [.. state.Accumulator.AsSpan<float>().ToArray().Select((value, i) => value / sums[i / _model.ValueWidth])];
        }

        /// <summary>The masses of all keys, [G, ContextTokens].</summary>
        public float[] Mass()
        {
            PageView[] shards = Shards(static _ => true);
            AttentionState state = Folded(shards);
            TensorView mass = _build.Floats(default, _model.KvHeads, _build.Limits.ContextTokens);
            IGivesKeyMass fold = _fold.Fold as IGivesKeyMass ?? (IGivesKeyMass)_attention;
            Assert.True(fold.TellsKeyMass);
            fold.AddKeyMass(0, TestStep.Of(_build, _slices), _query, shards, state with { Accumulator = default }, mass);
            return mass.AsSpan<float>().ToArray();
        }

        public void Dispose()
        {
            _fold.Dispose();
            _attention.Dispose();
            _build.Dispose();
        }

        private AttentionState Folded(PageView[] shards)
        {
            (int t, int h, int dv) = (_query.Shape[0], _model.QueryHeads, _model.ValueWidth);
            AttentionState state = new() { Max = _build.Floats(default, t, h), Sum = _build.Floats(default, t, h), Accumulator = _build.Floats(default, t, h, dv) };
            _build.Spoil();
            _fold.Fold.Fold(0, TestStep.Of(_build, _slices), _query, shards, state);
            return state;
        }

        private PageView[] Shards(Func<int, bool> kept) => [.. Enumerable.Range(0, _fold.Fold.Shards?.Domains.Length ?? 1).Select(shard =>
        {
            TestPages pages = new() { PageTokens = 16, Type = ElementType.F32 };
            foreach (SequenceSlice slice in _slices)
                pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + slice.Rows).Where(position => kept(position) && (_fold.Fold.Shards?.ShardOf(position) ?? 0) == shard));

            return pages.Build(_build, _model);
        })];
    }
}
