using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Oracles;

/// <summary>Attention of one row, in double precision, from the definition.</summary>
/// <param name="model">The layer.</param>
/// <param name="build">Holds the weights that the component took.</param>
public sealed class AttentionOracle(TestModel model, TestBuild build)
{
    /// <summary>Query [H, D], key [G, D] and value [G, Dv] of a row.</summary>
    public (double[] Query, double[] Key, double[] Value) Project(double[] input, int position)
    {
        double[] x = Plain.RmsNorm(input, Read("attn_norm.weight"), Epsilon);
        double[] q = Matrix("attn_q", x), k = Matrix("attn_k", x), v = Matrix("attn_v", x);
        q = Turned(Normed(q, "attn_q_norm.weight"), position);
        k = Turned(Normed(k, "attn_k_norm.weight"), position);
        double scale = model.Traits.TryGetValue(Trait.ScoreScale, out float number) ? number : 1 / Math.Sqrt(model.KeyWidth);
        return ([.. q.Select(value => value * scale)], k, v);
    }

    /// <summary>Softmax over the visible keys, sinks included, times the values: [H, Dv].</summary>
    /// <param name="query">[H, D].</param>
    /// <param name="position">The row's.</param>
    /// <param name="keys">Kept keys of the row's sequence: position, key [G, D], value [G, Dv].</param>
    /// <param name="withSinks">Whether the sinks take part.</param>
    public double[] Attend(double[] query, int position, IReadOnlyList<(int Position, double[] Key, double[] Value)> keys, bool withSinks)
    {
        ArgumentNullException.ThrowIfNull(query);
        double window = model.Traits.TryGetValue(Trait.Window, out float n) ? n : double.PositiveInfinity;
        List<(int Position, double[] Key, double[] Value)> seen = [.. keys.Where(key => key.Position <= position && key.Position > position - window)];
        (int d, int dv, int group) = (model.KeyWidth, model.ValueWidth, model.QueryHeads / model.KvHeads);
        double[] result = new double[model.QueryHeads * dv], sinks = withSinks && model.Has(Trait.Sinks) ? Read("attn_sinks.weight") : [];
        for (int head = 0; head < model.QueryHeads; head++)
        {
            int g = head / group;
            double sum = sinks.Length == 0 ? 0 : Math.Exp(sinks[head]);
            foreach ((_, double[] key, double[] value) in seen)
            {
                double weight = Math.Exp(Plain.Dot(query.AsSpan(head * d, d), key.AsSpan(g * d, d)));
                sum += weight;
                for (int i = 0; i < dv; i++)
                    result[head * dv + i] += weight * value[g * dv + i];
            }

            for (int i = 0; i < dv; i++)
                result[head * dv + i] /= sum;
        }

        return result;
    }

    /// <summary>What rows of one sequence give to keys, without sinks: [G, context], by position.</summary>
    /// <param name="rows">Of one sequence.</param>
    /// <param name="queryOf">Query [H, D] of a row.</param>
    /// <param name="keys">Kept keys: position, key [G, D], value [G, Dv].</param>
    /// <param name="context">Positions.</param>
    public double[] KeyMass(in SequenceSlice rows, Func<int, double[]> queryOf, IReadOnlyList<(int Position, double[] Key, double[] Value)> keys, int context)
    {
        ArgumentNullException.ThrowIfNull(queryOf);
        double window = model.Traits.TryGetValue(Trait.Window, out float n) ? n : double.PositiveInfinity;
        (int d, int group) = (model.KeyWidth, model.QueryHeads / model.KvHeads);
        double[] mass = new double[model.KvHeads * context];
        for (int row = 0; row < rows.Rows; row++)
        {
            int position = rows.FirstPosition + row;
            double[] query = queryOf(rows.FirstRow + row);
            (int Position, double[] Key, double[] Value)[] seen = [.. keys.Where(key => key.Position <= position && key.Position > position - window)];
            for (int head = 0; head < model.QueryHeads; head++)
            {
                double[] weights = [.. seen.Select(key => Math.Exp(Plain.Dot(query.AsSpan(head * d, d), key.Key.AsSpan(head / group * d, d))))];
                double sum = weights.Sum();
                for (int key = 0; key < seen.Length; key++)
                    mass[head / group * context + seen[key].Position] += weights[key] / sum;
            }
        }

        return mass;
    }

    /// <summary>A head's complete state, sinks included: [Dv].</summary>
    /// <param name="state">Largest score, sum of exp(score - largest), and sum of exp(score - largest) * value.</param>
    /// <param name="head">0 .. H - 1.</param>
    public double[] Divide((double Max, double Sum, double[] Accumulator) state, int head)
    {
        double sum = state.Sum + (model.Has(Trait.Sinks) ? Math.Exp(Read("attn_sinks.weight")[head] - state.Max) : 0);
        return [.. state.Accumulator.Select(value => value / sum)];
    }

    /// <summary>What is added to a row: [C].</summary>
    /// <param name="attended">[H, Dv].</param>
    public double[] Finish(double[] attended)
    {
        double[] y = Plain.Linear(attended, Read("attn_output.weight"), model.Has(Trait.OutputBias) ? Read("attn_output.bias") : []);
        if (model.Has(Trait.AttentionPostNorm))
            y = Plain.RmsNorm(y, Read("post_attention_norm.weight"), Epsilon);

        return model.Traits.TryGetValue(Trait.AttentionResidualScale, out float scale) ? [.. y.Select(value => value * scale)] : y;
    }

    private double Epsilon => build.Model.NormEpsilon;

    private double[] Read(string name) => build.Read("blk.0." + name);

    private double[] Matrix(string name, double[] x) =>
        Plain.Linear(x, Read(name + ".weight"), model.Has(Trait.ProjectionBias) ? Read(name + ".bias") : []);

    private double[] Normed(double[] heads, string name)
    {
        if (model.Has(Trait.FullNorm))
            return Plain.RmsNorm(heads, Read(name), Epsilon);
        if (!model.Has(Trait.HeadNorm))
            return heads;

        return [.. heads.Chunk(model.KeyWidth).SelectMany(head => Plain.RmsNorm(head, Read(name), Epsilon))];
    }

    private double[] Turned(double[] heads, int position)
    {
        if (model.Rope is not { } rope)
            return heads;

        for (int at = 0; at < heads.Length; at += model.KeyWidth)
        {
            for (int i = 0; i < rope.Width / 2; i++)
            {
                (int first, int second) = rope.Interleaved ? (2 * i, 2 * i + 1) : (i, i + rope.Width / 2);
                double angle = position * Math.Pow(rope.Base, -2.0 * i / rope.Width) / (rope.Factors.IsEmpty ? 1 : rope.Factors[i]);
                (double a, double b) = (heads[at + first], heads[at + second]);
                heads[at + first] = rope.Magnitude * (a * Math.Cos(angle) - b * Math.Sin(angle));
                heads[at + second] = rope.Magnitude * (a * Math.Sin(angle) + b * Math.Cos(angle));
            }
        }

        return heads;
    }
}
