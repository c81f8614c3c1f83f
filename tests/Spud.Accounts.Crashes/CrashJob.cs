using System.Security.Cryptography;
using System.Text;

namespace Spud.Accounts.Crashes;

/// <summary>A job whose terms and end follow from its id, so that whoever reads the database knows what must be in it.</summary>
internal sealed class CrashJob
{
    public const int Accounts = 3;

    private readonly byte[] _hash;

    public CrashJob(string id) => (Id, _hash) = (id, SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    public string Id { get; }

    /// <summary>Whether nobody ends it, so that the next process finds it open.</summary>
    public bool IsLeft => _hash[0] < 24;

    /// <summary>Whether another process may take it up.</summary>
    public bool IsKept => _hash[1] < 128;

    public bool IsRaised => _hash[2] < 64;

    public string Account => $"account{_hash[3] % Accounts}";

    public decimal Used => 1 + _hash[4] / 8m;

    /// <summary>What its receipt must say; null if it has none.</summary>
    public decimal? Charge => End.Receipt is null ? null : End.Charge;

    public JobSubmission Submission => new() { Id = Id, Account = Account, Model = "m", ComputeUnits = 40, Bid = 0.001m, Request = IsKept ? "{}" : null };

    public decimal RaisedBid => 0.0015m;

    public JobEnd End => _hash[5] switch
    {
        < 160 => JobEnd.Finished(TestReceipt.Of(Used), Used * 0.001m, "answer"),
        < 190 => JobEnd.Failed("a component failed", TestReceipt.Of(Used), Used * 0.0005m),
        < 220 => JobEnd.Cancelled(TestReceipt.Of(Used), 0),
        < 240 => JobEnd.Cancelled(),
        _ => JobEnd.HandedBack("too busy"),
    };
}
