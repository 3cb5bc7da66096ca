using System.Security.Claims;
using FinObs.DataPlane.Pii;

namespace FinObs.DataPlane.Access;

/// <summary>What a caller sees of the words that people wrote: those who may not read personal data get tokens in the place of card numbers, addresses and the like.</summary>
internal static class CleanNotes
{
    public static Func<string, string> For(HttpContext context) => For(context.User, context.RequestServices.GetRequiredService<PiiGuard>());

    public static Func<string, string> For(ClaimsPrincipal user, PiiGuard guard) => Caller.Has(user, Permissions.PersonalDataRead) ? words => words : words => guard.Clean(words);
}
