/** The vocabulary of the corpus: common words, and syllables for names that are new to every model. */

export const FUNCTION_WORDS =
  'the of and to a in for is on that by this with you it not or be are from at as your all have new more an was we will can us about if my has but our one do no time they he up may what which their out use any there see only so his when here who also now been would over its like these into did such her each where after most them then'.split(
    ' ',
  )

/** Words at the beginning are drawn more often. */
export const CONTENT_WORDS =
  `people year government world water market company school country city house family health money power office state system
program group music child game law art night car home work place case week question service moment room mother area story
fact month lot right study book eye job word business issue side kind head friend father hour line member war history party
result change morning reason research girl guy boy food teacher force education foot policy process body level court report
door street table minister election budget bank price trade growth tax union worker strike factory engine train station
bridge road airport plane ship harbour port island coast beach river lake forest mountain valley desert storm winter summer
spring autumn rain snow wind cloud climate energy oil gas coal solar turbine battery grid fuel carbon steel copper iron gold
silver glass paper cotton wool silk leather brick stone concrete timber furniture kitchen garden flower tree grass wheat corn
rice bread cheese butter milk coffee tea sugar salt pepper apple orange lemon banana potato tomato onion soup salad dinner
breakfast restaurant bakery hotel museum gallery theatre cinema concert orchestra violin piano guitar drum song poem novel
author editor newspaper magazine radio television internet website software computer laptop phone screen camera robot
satellite rocket orbit planet moon star galaxy telescope laboratory scientist physics chemistry biology medicine doctor nurse
patient hospital clinic vaccine virus disease cancer heart brain blood bone muscle skin surgery therapy drug trial evidence
theory method experiment sample measure number average percent million billion dollar euro pound loan debt credit interest
profit loss revenue cost fee salary pension insurance contract agreement treaty border army soldier officer police prison
judge jury lawyer crime murder theft fraud witness victim verdict appeal senate parliament congress president mayor governor
council committee voter campaign speech debate reform protest crowd square church temple mosque priest festival holiday
wedding birthday funeral castle tower palace village suburb neighbour apartment tenant landlord mortgage architect builder
engineer driver pilot sailor farmer baker butcher tailor painter sculptor dancer singer actor director producer audience
critic prize award medal champion coach player team league match goal score season stadium football tennis cricket golf
cycling swimming marathon olympics race horse dog cat bird fish whale shark bear wolf lion elephant monkey snake insect
butterfly bee honey sheep goat cow pig chicken egg meat wine beer bottle cup plate knife fork spoon chair lamp mirror carpet
curtain window roof wall floor ceiling stair elevator corridor garage tunnel canal dam reservoir pipeline refinery warehouse
supplier customer retailer shop supermarket brand advertising design fashion dress shirt shoe hat coat jewel diamond ring
watch clock calendar century decade generation youth adult infant parent sister brother daughter son uncle aunt cousin
grandmother husband wife widow orphan citizen immigrant refugee tourist passenger visitor guest stranger enemy ally partner
rival leader manager employee intern volunteer expert student professor university college faculty lecture exam degree
diploma library archive document letter envelope stamp parcel delivery truck bicycle motorcycle taxi subway ferry cargo
container customs inspection permit licence passport visa embassy diplomat summit alliance sanction missile weapon bomb
explosion fire flood earthquake drought famine rescue shelter donation charity foundation grant scholarship startup investor
shareholder merger takeover bankruptcy recession inflation unemployment wage labour productivity innovation patent technology
sensor chip processor memory network server database algorithm encryption password privacy security breach hacker malware
Monday Tuesday Friday Lisbon Oslo Paris London Berlin Madrid Rome Vienna Warsaw Tokyo Beijing Delhi Cairo Nairobi Sydney
Toronto Chicago Boston Texas Brazil Mexico Canada France Germany Italy Spain Portugal Norway Sweden Poland Russia Turkey
Egypt Kenya Japan China India Australia Maria Anna James Robert David Sarah Emma Chen Kumar Garcia Smith Johnson Miller Brown
Northwind Microsoft said made found told asked became left felt brought began kept held wrote stood heard let meant set met
ran paid sat spoke led read grew lost fell sent built spent cut reached killed remained suggested raised passed sold required
reported decided pulled opened closed praised warned joined moved visited finished rejected approved launched signed
published discovered improved reduced doubled predicted celebrated criticised protected destroyed repaired painted taught
learned promised refused escaped returned local national global public private early late high low long short great small
large young old important political economic social military financial medical legal foreign northern southern eastern
western modern ancient digital electric nuclear rural urban coastal tropical frozen quiet loud bright dark heavy light cheap
expensive rare common strange famous popular successful dangerous safe healthy hungry tired angry happy sad proud nervous
honest generous clever careful sudden gradual annual quickly slowly nearly almost already finally recently suddenly quietly
carefully seriously`
    .trim()
    .split(/\s+/)

export const SYLLABLES =
  'al an ar bel ber bo bra ca cor da del den dor el en er fa fen gar gen ha hel in ja ka kel kor la len lin lo mar mel mi mon na nel no or pel per ra ren ri ro sa sel sen so ta tel ter tor ul va vel ven vi wen yo zan'.split(
    ' ',
  )
