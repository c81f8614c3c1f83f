using System.Collections.Concurrent;

namespace Spud.Server.Jobs;

/// <summary>The jobs of this server that have not ended, by id.</summary>
internal sealed class OpenJobs
{
    private readonly ConcurrentDictionary<string, JobTicket> _tickets = new(StringComparer.Ordinal);

    /// <summary>Their ids at this moment.</summary>
    public IReadOnlyCollection<string> Ids => [.. _tickets.Keys];

    /// <summary>The open job with an id; null if there is none on this server.</summary>
    public JobTicket? Find(string id) => _tickets.GetValueOrDefault(id);

    /// <summary>A job was submitted, or taken up.</summary>
    public void Add(JobTicket ticket) => _tickets[ticket.Id] = ticket;

    /// <summary>A job has ended, or is no longer this server's.</summary>
    public void Remove(JobTicket ticket) => _tickets.TryRemove(new(ticket.Id, ticket));
}
