using static TorchSharp.torch;

namespace Spud.Training.Drafts;

/// <summary>Trains blocks with AdamW on the cross-entropy of the tokens at their positions, and measures how many would be accepted.</summary>
/// <param name="model">The blocks.</param>
/// <param name="batch">Rows of a step.</param>
internal sealed class HeadTrainer(HeadModel model, int batch)
{
    /// <summary>Trains.</summary>
    /// <param name="samples">The rows.</param>
    /// <param name="epochs">How often each is seen.</param>
    /// <param name="rate">Maximum learning rate: rises over 50 steps, falls to a tenth by half a cosine.</param>
    /// <param name="report">Told the mean loss now and then.</param>
    /// <param name="cancel">Cancels between two steps.</param>
    public void Train(HeadSamples samples, double epochs, double rate, Action<string> report, CancellationToken cancel)
    {
        using optim.Optimizer optimizer = optim.AdamW(model.Parameters, rate, weight_decay: 0.01);
        Random random = new(1);
        int[] order = [.. Enumerable.Range(0, samples.Count)];
        int steps = (int)(epochs * samples.Count / batch), perEpoch = Math.Max(1, samples.Count / batch);
        double losses = 0;
        for (int step = 0; step < steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            if (step % perEpoch == 0)
                random.Shuffle(order);

            int first = step % perEpoch * batch;
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate * Math.Min(1, (step + 1) / 50.0) * (0.55 + 0.45 * Math.Cos(Math.PI * step / steps));

            losses += Step(optimizer, samples, order.AsSpan(first, Math.Min(batch, samples.Count - first)));
            if ((step + 1) % 50 == 0)
            {
                report($"step {step + 1} of {steps}: loss {losses / 50:0.000}");
                losses = 0;
            }
        }
    }

    /// <summary>Of all rows, how many have a draft whose first tokens, up to each position, are all right.</summary>
    /// <param name="samples">The rows.</param>
    /// <returns>[domains + 1][blocks]: by domain, and of all.</returns>
    public double[][] Acceptance(HeadSamples samples)
    {
        double[][] right = [.. Enumerable.Range(0, PromptSet.Domains.Length + 1).Select(_ => new double[model.Blocks])], all = [.. right.Select(_ => new double[model.Blocks])];
        int[] rows = [.. Enumerable.Range(0, samples.Count)];
        for (int first = 0; first < rows.Length; first += batch)
        {
            using IDisposable scope = NewDisposeScope(), frozen = no_grad();
            ReadOnlySpan<int> part = rows.AsSpan(first, Math.Min(batch, rows.Length - first));
            bool[] holds = [.. Enumerable.Repeat(true, part.Length)];
            int k = 0;
            foreach (Tensor logits in model.Forward(RowsOf(samples, part), TokensOf(samples, part)))
            {
                long[] best = logits.argmax(1).data<long>().ToArray();
                for (int i = 0; i < part.Length; i++)
                {
                    if (samples.TokenAt(part[i], k + 1) is not { } token)
                        continue;

                    holds[i] &= best[i] == model.PlaceOf(token);
                    foreach (int domain in (int[])[samples.DomainOf(part[i]), PromptSet.Domains.Length])
                        (all[domain][k], right[domain][k]) = (all[domain][k] + 1, right[domain][k] + (holds[i] ? 1 : 0));
                }

                k++;
            }
        }

        return [.. right.Select((counts, domain) => counts.Select((count, k) => count / Math.Max(1, all[domain][k])).ToArray())];
    }

    private double Step(optim.Optimizer optimizer, HeadSamples samples, ReadOnlySpan<int> rows)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor? loss = null;
        int k = 0;
        foreach (Tensor logits in model.Forward(RowsOf(samples, rows), TokensOf(samples, rows)))
        {
            long[] targets = new long[rows.Length];
            k++;
            for (int i = 0; i < targets.Length; i++)
                targets[i] = model.PlaceOf(samples.TokenAt(rows[i], k));

            Tensor one = nn.functional.cross_entropy(logits, tensor(targets), ignore_index: -100);
            loss = loss is null ? one : loss + one;
        }

        optimizer.zero_grad();
        loss!.backward();
        optimizer.step();
        return loss.item<float>();
    }

    private Tensor RowsOf(HeadSamples samples, ReadOnlySpan<int> rows)
    {
        float[] values = new float[rows.Length * model.Width];
        for (int i = 0; i < rows.Length; i++)
            samples.Rows.AsSpan(checked(rows[i] * model.Width), model.Width).CopyTo(values.AsSpan(i * model.Width));

        return tensor(values, rows.Length, model.Width);
    }

    // Behind an answer's end any token will do: its targets are ignored.
    private Tensor[] TokensOf(HeadSamples samples, ReadOnlySpan<int> rows)
    {
        Tensor[] tokens = new Tensor[model.Blocks];
        for (int k = 0; k < model.Blocks; k++)
        {
            long[] ids = new long[rows.Length];
            for (int i = 0; i < ids.Length; i++)
                ids[i] = samples.TokenAt(rows[i], k) ?? 0;

            tokens[k] = tensor(ids);
        }

        return tokens;
    }
}
