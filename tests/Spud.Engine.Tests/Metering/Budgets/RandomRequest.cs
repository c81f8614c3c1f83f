using Spud.Execution;
using Spud.Metering;
using Xunit;

namespace Spud.Tests.Metering.Budgets;

/// <summary>One request of the property test: a random prompt, length, limit and manner, and its own account of what it should be billed.</summary>
internal sealed class RandomRequest
{
    private readonly Random _random;
    private readonly PencilCosts _costs;
    private readonly int _prompt;
    private readonly int _answer;
    private readonly bool _greedy;
    private readonly int _cancelAfter;
    private readonly int _failAfter;
    private readonly FaultyExperts _faulty;
    private long _expected;

    public RandomRequest(Random random, PencilCosts costs, FaultyExperts faulty, Sequence sequence)
    {
        (_random, _costs, _faulty, Sequence) = (random, costs, faulty, sequence);
        (_prompt, _answer) = (random.Next(1, 20), random.Next(8));
        _greedy = random.Next(3) == 0;
        _cancelAfter = random.Next(6) == 0 ? random.Next(12) : int.MaxValue;
        _failAfter = random.Next(10) == 0 ? random.Next(20) : int.MaxValue;
        Ledger = sequence.StartLedger(Limit());
        sequence.Effort = (float)random.NextDouble();
    }

    public Sequence Sequence { get; }

    public Ledger Ledger { get; }

    public bool IsOver { get; private set; }

    /// <summary>Whether its prompt was refused, or its answer was cut, by the budget.</summary>
    public bool WasStopped { get; private set; }

    private int Done => Sequence.Tokens;

    /// <summary>Its next rows, if it goes on: a polite request asks whether it can pay, a greedy one does not.</summary>
    public bool Next(Batch batch)
    {
        if (Done == 0 && !Sequence.Affords(_prompt, Phase.Prefill, LogitRows.Last))
            return Stop(_prompt, 1);
        if (Done >= _prompt + _answer)
            return End();

        bool reads = Done < _prompt;
        int rows = reads ? Math.Min(_random.Next(1, 9), Math.Min(_prompt - Done, batch.MaxRows - batch.Rows)) : 1;
        bool logits = !reads || Done + rows == _prompt;
        Phase phase = reads ? Phase.Prefill : Phase.Decode;
        if (!_greedy && !Sequence.Affords(rows, phase, logits ? LogitRows.Last : LogitRows.None))
            return Stop(rows, logits ? 1 : 0);
        if (_cancelAfter <= Done)
            Sequence.Cancellation = new CancellationToken(canceled: true);
        if (_failAfter <= Done)
            _faulty.Doomed.Add(Sequence.Id);

        batch.Add(Sequence, [.. Enumerable.Range(0, rows).Select(_ => _random.Next(512))], phase, logits ? LogitRows.Last : LogitRows.None);
        return true;
    }

    /// <summary>Takes note of what a step did.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="refused">Whether the step was refused for the budget of one of its sequences.</param>
    public void Note(in BatchEntry rows, bool refused)
    {
        int before = rows.FirstPosition;
        if (Done == before + rows.Rows)
            _expected += Enumerable.Range(before, rows.Rows).Sum(_costs.Row) + rows.LogitRows * PencilCosts.Logits;
        else if (refused && !Sequence.Affords(rows.Rows, rows.Phase, rows.LogitRows == 0 ? LogitRows.None : LogitRows.Last))
            Stop(rows.Rows, rows.LogitRows);
        else if (Sequence.Cancellation.IsCancellationRequested || Sequence.Fault is not null)
            End();
    }

    /// <summary>The bill is what ran and was kept, and no more than the limit.</summary>
    public void Check()
    {
        long entries = Ledger[Phase.Prefill].Total.PlanEntries + Ledger[Phase.Decode].Total.PlanEntries;
        Assert.InRange(entries, Ledger.Tokens * PencilCosts.L, Ledger.Tokens * PencilCosts.L * _costs.Most);
        Assert.Equal(_expected + entries * PencilCosts.Expert, Ledger.Flops);
        Assert.Equal(Ledger.Flops, Ledger.Total.Flops);
        if (Ledger.Limit is { ComputeUnits: { } units })
            Assert.True(Ledger.ComputeUnits <= units, $"{Ledger.ComputeUnits} CU of {units}");
        if (Ledger.Limit is { Amount: { } amount, Prices: { } prices })
            Assert.True(Receipt.Of(Ledger, prices).Charge!.Total <= amount);
    }

    private bool End()
    {
        _faulty.Doomed.Remove(Sequence.Id);
        IsOver = true;
        return false;
    }

    private bool Stop(int rows, int logitRows)
    {
        // Nobody is stopped who could have paid.
        if (Ledger.Limit is { ComputeUnits: { } units })
            Assert.True(Ledger.Flops + _costs.AtMost(Done, rows, logitRows) > units * 1e9m);

        WasStopped = true;
        return End();
    }

    private Budget? Limit()
    {
        long prompt = _costs.AtMost(0, _prompt, 1), all = _costs.AtMost(0, _prompt + _answer, 1 + _answer);
        return _random.Next(8) switch
        {
            0 => null,
            1 => PencilCosts.Limit(1 + _random.NextInt64(_costs.AtMost(0, 1, 1))),
            2 => PencilCosts.Limit(prompt),
            3 => PencilCosts.Limit(prompt - 1),
            4 => PencilCosts.Limit(all),
            5 => Budget.OfMoney(1e-9m + all / 1e9m * (decimal)_random.NextDouble(), BudgetTests.Prices),
            _ => PencilCosts.Limit(1 + _random.NextInt64(all)),
        };
    }
}
