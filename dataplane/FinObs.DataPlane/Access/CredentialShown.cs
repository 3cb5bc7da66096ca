namespace FinObs.DataPlane.Access;

/// <summary>What a caller shows in a header: <c>Authorization: Bearer …</c>, or <c>X-Webhook-Key</c> as senders of webhooks can.</summary>
internal static class CredentialShown
{
    public const string WebhookKeyHeader = "X-Webhook-Key";

    /// <summary>Null where nothing is shown. The bearer counts where both are.</summary>
    public static string? Of(HttpRequest request) =>
        BearerHeader.Of(request) ?? (request.Headers[WebhookKeyHeader].ToString().Trim() is { Length: > 0 } key ? key : null);
}
